import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFolder, machine } from '../server/support/agent-folder.ts';
import { runningServer, type RunningServer } from '../server/support/running-server.ts';
import { answering, body, infoOf } from './support/answers.ts';
import { availableTools, runWrapper, shells, token } from './support/run-wrapper.ts';

/** A program that says what it was called with. */
const agent = readFileSync('/bin/echo');
const words = ['run', 'two words', '', '*'];
const said = 'run two words  *\n';

const combinations = Object.entries(shells)
  .filter(([, [program = '']]) => requires(program))
  .flatMap(([name, shell]) =>
    availableTools().map((tool): [string, string, readonly string[]] => [name, tool, shell]),
  );

describe.skipIf(!requires('postgres'))('the agent of a server', () => {
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    folder = agentFolder(agent, machine);
    server = await runningServer({
      ATTUNE__AGENT__BINARY_DIR: folder,
      ATTUNE__AGENT__BOOTSTRAP_TOKEN: token,
    });
  });
  afterAll(async () => {
    await server.drop();
    rmSync(folder, { recursive: true });
  });

  test.each(combinations)('is downloaded and run by %s with %s', async (_name, tool, shell) => {
    const directory = join(folderWith({}), 'agent');
    const environment = { ATTUNE_API_URL: server.url, ATTUNE_AGENT_DIR: directory };
    expect(await runWrapper({ shell, tool, environment, words })).toMatchObject({
      status: 0,
      stdout: said,
      stderr: '',
    });
    expect(readFileSync(join(directory, 'attune-agent')).equals(agent)).toBe(true);
    expect(readdirSync(directory).toSorted()).toEqual(['attune-agent', 'attune-agent.sha256']);
  });

  test.each(availableTools())('a wrong token is said by %s at once, and not shown', async (tool) => {
    const environment = {
      ATTUNE_API_URL: server.url,
      ATTUNE_AGENT_DIR: folderWith({}),
      ATTUNE_AGENT_TOKEN: 'a-secret-that-is-wrong',
    };
    const { status, stderr } = await runWrapper({ tool, environment });
    expect(status).toBe(1);
    expect(stderr).toContain('refuses ATTUNE_AGENT_TOKEN');
    expect(stderr).not.toContain('a-secret-that-is-wrong');
  });

  test('the address may be written in full, and as people write them', async () => {
    for (const address of [
      { ATTUNE_API_URL: `${server.url}/` },
      { ATTUNE_AGENT_URL: `${server.url}/api/v1/agent/binary?arch=x86_64` },
    ]) {
      const environment = { ATTUNE_AGENT_DIR: folderWith({}), ...address };
      expect(await runWrapper({ tool: 'node', environment, words })).toMatchObject({
        status: 0,
        stdout: said,
      });
    }
  });

  test('containers that share a folder may all start at once', async () => {
    const environment = { ATTUNE_API_URL: server.url, ATTUNE_AGENT_DIR: folderWith({}) };
    const runs = Array.from({ length: 4 }, () => runWrapper({ tool: 'perl', environment, words }));
    expect((await Promise.all(runs)).map(({ stdout, stderr }) => stdout + stderr)).toEqual(
      Array.from({ length: 4 }, () => said),
    );
  });

  test('the token may lie in a file', async () => {
    const directory = folderWith({ token: `${token}\n` });
    const environment = {
      ATTUNE_API_URL: server.url,
      ATTUNE_AGENT_DIR: join(directory, 'agent'),
      ATTUNE_AGENT_TOKEN: '',
      ATTUNE_AGENT_TOKEN_FILE: join(directory, 'token'),
    };
    const { status, stdout } = await runWrapper({ tool: 'node', environment, words });
    expect([status, stdout]).toEqual([0, said]);
  });
});

describe('the agent that is there', () => {
  test('is run as it is when it is mounted, and nobody is asked', async () => {
    const directory = folderWith({});
    writeFileSync(join(directory, 'attune-agent'), agent, { mode: 0o755 });
    const environment = { ATTUNE_AGENT_DIR: directory, ATTUNE_AGENT_TOKEN: '' };
    expect(await runWrapper({ environment, words })).toMatchObject({ status: 0, stdout: said, stderr: '' });
  });

  test('is compared with that of the server when it was downloaded', async () => {
    const environment = { ATTUNE_AGENT_DIR: folderWith({}) };
    const first = await answering({ info: [infoOf(agent)], binary: [body(agent)] });
    const run = (url: string) =>
      runWrapper({ tool: 'node', environment: { ...environment, ATTUNE_AGENT_URL: url }, words });
    expect((await run(first.url)).stdout).toBe(said);
    expect((await run(first.url)).stdout).toBe(said);
    expect(first.asked).toEqual(['/api/v1/agent/info', '/api/v1/agent/binary', '/api/v1/agent/info']);

    const newer = readFileSync('/bin/true');
    const second = await answering({ info: [infoOf(newer)], binary: [body(newer)] });
    expect((await run(second.url)).stdout).toBe('');
    expect(second.asked).toHaveLength(2);
  });

  test('gets none of the settings that were for the script', async () => {
    const program = readFileSync('/usr/bin/env');
    const { url } = await answering({ info: [infoOf(program)], binary: [body(program)] });
    const environment = {
      ATTUNE_AGENT_DIR: folderWith({}),
      ATTUNE_AGENT_URL: url,
      ATTUNE_WORKER_POOL: 'own',
    };
    const { stdout } = await runWrapper({ tool: 'python', environment });
    expect(stdout).toContain('ATTUNE_WORKER_POOL=own\n');
    expect(stdout).not.toMatch(/ATTUNE_AGENT_|TOKEN/);
  });

  test.each(availableTools().filter((tool) => tool !== 'BusyBox wget'))(
    '%s downloads without showing the token in its arguments',
    async (tool) => {
      const lines: string[] = [];
      const { url } = await answering({
        info: [infoOf(agent)],
        binary: [
          (response, request) => {
            expect(request.headers['x-agent-token']).toBe(token);
            for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
              if (existsSync(`/proc/${pid}/cmdline`)) lines.push(commandLine(pid));
            response.end(agent);
          },
        ],
      });
      const environment = { ATTUNE_AGENT_DIR: folderWith({}), ATTUNE_AGENT_URL: url };
      expect((await runWrapper({ tool, environment, words })).stdout).toBe(said);
      expect(lines.some((line) => line.includes(url))).toBe(true);
      expect(lines.filter((line) => line.includes(token))).toEqual([]);
    },
  );
});

/** Empty for a process that has just gone. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
