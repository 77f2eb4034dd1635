import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import {
  answering,
  body,
  endless,
  infoOf,
  page,
  slow,
  stalled,
  status,
  truncated,
} from './support/answers.ts';
import { availableTools, runWrapper, startWrapper, token } from './support/run-wrapper.ts';

const agent = readFileSync('/bin/echo');
const other = Buffer.concat([agent.subarray(0, -1), Buffer.from([1])]);
const all = availableTools();
/** Debian builds BusyBox without the timeout of its wget. */
const impatient = all.filter((tool) => tool !== 'BusyBox wget');

const twice = { ATTUNE_AGENT_ATTEMPTS: '2' };

type Answers = Parameters<typeof answering>[0];

/** Runs the script against these answers; whatever they are, nothing unfinished may stay behind. */
async function against(answers: Answers, tool: string, environment: Readonly<Record<string, string>> = {}) {
  const { url, asked } = await answering(answers);
  const directory = folderWith({});
  const ended = await runWrapper({
    tool,
    environment: { ATTUNE_AGENT_DIR: directory, ATTUNE_AGENT_URL: url, ...environment },
    words: ['hello'],
  });
  expect(readdirSync(directory).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(ended.stderr).not.toContain(token);
  return { ...ended, asked, installed: existsSync(join(directory, 'attune-agent')) };
}

describe.each(all)('%s', (tool) => {
  test.each<[string, Answers, string]>([
    ['a page instead of information', { info: [page], binary: [body(agent)] }, 'no Attune server'],
    ['a page instead of the file', { info: [infoOf(agent)], binary: [page] }, 'is no program'],
    ['another file', { info: [infoOf(agent)], binary: [body(other)] }, 'has the SHA-256'],
    ['a file too short', { info: [infoOf(agent)], binary: [body(agent.subarray(0, 999))] }, 'has 999 bytes'],
    ['a connection that breaks', { info: [infoOf(agent)], binary: [truncated(agent)] }, 'downloaded|read'],
    ['bytes without end', { info: [infoOf(agent)], binary: [endless] }, 'downloaded|read'],
    ['no file', { info: [infoOf(agent)], binary: [status(404)] }, '404'],
  ])('%s is never run', async (_what, answers, reason) => {
    const { status: code, stdout, stderr, installed } = await against(answers, tool);
    expect({ code, stdout, installed }).toEqual({ code: 1, stdout: '', installed: false });
    expect(stderr).toMatch(new RegExp(reason));
    expect(stderr).toContain('gave up at attempt 1');
  });

  test('a server that comes up is waited for, and may be slow', async () => {
    const answers = { info: [status(503), infoOf(agent)], binary: [slow(agent)] };
    const { status: code, stdout, stderr } = await against(answers, tool, twice);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' });
    expect(stderr).toContain('trying again in 1 s');
  });
});

test.each(impatient)('%s gives up on a server that falls silent', async (tool) => {
  const answers = { info: [infoOf(agent)], binary: [stalled(agent), body(agent)] };
  expect(await against(answers, tool, twice)).toMatchObject({ status: 0, stdout: 'hello\n' });
});

test.each(impatient)('%s carries the token to no other server', async (tool) => {
  const elsewhere = await answering({ info: [infoOf(agent)], binary: [body(agent)] });
  const away = status(302, { location: elsewhere.url });
  const { status: code } = await against({ info: [infoOf(agent)], binary: [away] }, tool);
  expect([code, elsewhere.asked]).toEqual([1, []]);
});

test('a file that the owner of the container did not name is refused, whatever the server says', async () => {
  const answers = { info: [infoOf(agent)], binary: [body(agent)] };
  const {
    status: code,
    stderr,
    asked,
  } = await against(answers, 'node', {
    ATTUNE_AGENT_SHA256: 'a'.repeat(64),
  });
  expect([code, asked]).toEqual([1, ['/api/v1/agent/info']]);
  expect(stderr).toContain(`allows only ${'a'.repeat(64)}`);
});

describe('signals', () => {
  test('end a download at once, and nothing is left of it', async () => {
    const directory = folderWith({});
    const { url, asked } = await answering({ info: [infoOf(agent)], binary: [stalled(agent)] });
    const environment = {
      ATTUNE_AGENT_DIR: directory,
      ATTUNE_AGENT_URL: url,
      ATTUNE_AGENT_TIMEOUT: '600',
    };
    const run = startWrapper({ tool: 'curl', environment });
    await expect.poll(() => asked.length).toBe(2);
    run.process.kill('SIGTERM');
    expect((await run.ended).status).toBe(143);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('reach the agent, which has taken the place of the script', async () => {
    const program = readFileSync('/bin/sleep');
    const directory = folderWith({});
    const { url } = await answering({ info: [infoOf(program)], binary: [body(program)] });
    const environment = { ATTUNE_AGENT_DIR: directory, ATTUNE_AGENT_URL: url };
    const run = startWrapper({ tool: 'node', environment, words: ['600'] });
    const commandLine = () => readFileSync(`/proc/${run.process.pid}/cmdline`, 'latin1').split('\0');
    await expect.poll(commandLine).toEqual([join(directory, 'attune-agent'), '600', '']);
    run.process.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ status: null, signal: 'SIGTERM' });
  });
});
