import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folderWith } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Every command of the README, in its order. */
const commands = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

/** Commands that run as long as the reader likes, and what they say when they are ready. */
const lasting: Readonly<Record<string, string>> = {
  'npx attune server --data-dir /tmp/attune-data': 'Attune listens on',
  'ATTUNE__AGENT__BOOTSTRAP_TOKEN=a-token-for-downloads npx attune server --data-dir /tmp/attune-data-2 --server-port 8090 --agent-binary-dir dist':
    'Attune listens on',
  'dist/attune-agent --config /tmp/attune-data/agent.yaml': '"consuming"',
};

/** Commands that a test of this very kind can't run inside of itself, and the npm script that must do it elsewhere. */
const elsewhere: Readonly<Record<string, { readonly script: string; readonly runBy: string }>> = {
  'npm ci && npm run demo': { script: 'demo', runBy: 'test/e2e/demo' },
  'npm ci && npm test': { script: 'test', runBy: '.ci/run' },
  'npm run build': { script: 'build', runBy: 'test/run.ts' },
  'npm run bench': { script: 'bench', runBy: 'test/e2e/bench.test.ts' },
};

describe('the commands of the README', () => {
  test.each(Object.entries(elsewhere))(
    '%s is a script that is run elsewhere',
    (command, { script, runBy }) => {
      expect(commands).toContain(command);
      const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as unknown;
      expect(manifest).toHaveProperty(['scripts', script]);
      expect(existsSync(join(root, runBy))).toBe(true);
    },
  );

  test('all others work, one after the other, as a reader would type them', async () => {
    const workplace = openWorkplace();
    const environment = {
      ...process.env,
      ATTUNE__SERVER__PORT: String(await freePort()),
      ATTUNE_WORKER_SPOOL_DIR: join(workplace, 'spool'),
    };
    const variables = {
      ...environment,
      ATTUNE_API_URL: `http://127.0.0.1:${environment.ATTUNE__SERVER__PORT}`,
    };
    const otherPort = String(await freePort());
    for (const command of commands.filter((one) => !(one in elsewhere))) {
      // Runs side by side must not share the folder and the port that the README names.
      const own = command
        .replaceAll('/tmp/attune-data', join(workplace, 'data'))
        .replaceAll('8090', otherPort);
      const run = start(own, workplace, variables);
      const ready = lasting[command];
      const ended = ready === undefined ? await run.ended : await run.says(ready);
      expect(ended, `${command}\n${run.output()}`).toBe(0);
    }
  });
});

/** A folder that looks like the project to the commands, and collects what they leave behind. */
function openWorkplace(): string {
  const folder = folderWith({});
  // Started by root, PostgreSQL runs as somebody else, who must get to its data.
  chmodSync(folder, 0o755);
  for (const name of ['package.json', 'node_modules', 'dist', 'examples', 'docker']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  mkdirSync(join(folder, 'spool'));
  return folder;
}

function start(command: string, cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'close').then(() => child.exitCode);
  onTestFinished(() => stop(child, ended));
  return {
    ended,
    output: () => output,
    /** Waits for the text, in vain when the command ends before. */
    async says(text: string): Promise<number> {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`${command} ended: ${output}`);
        await delay(50);
      }
      return 0;
    },
  };
}

/** TERM to all of it, as a terminal's Ctrl-C does. */
async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
