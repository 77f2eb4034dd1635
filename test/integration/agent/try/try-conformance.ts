import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { shellPack } from '../../../support/packs.ts';
import { runAgentCommand } from '../../../support/try.ts';

/** What `try` does, of any agent. */
export function tryConformance(agent: readonly [string, ...string[]]): void {
  const run = (words: readonly string[], given?: Parameters<typeof runAgentCommand>[2]) =>
    runAgentCommand(agent, ['try', ...words], given);

  test('runs an action: its log as it is, its end in a line, its exit code', async () => {
    const pack = shellPack('cat; echo aside >&2; exit 3\n', 'parameters: {a: {type: integer, default: 1}}\n');
    const { status, stdout, stderr } = await run([pack]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '{"a":1}\n' });
    expect(stderr).toMatch(/^aside\ndemo\.act failed after \d+ ms \(exit code 3\)\n$/);
  });

  test('with --json, gives the result on stdout and the log on stderr', async () => {
    const pack = shellPack('echo "{\\"sum\\": 3}"\n', 'output_format: json\n');
    const { status, stdout, stderr } = await run([pack, 'act', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      action: 'demo.act',
      state: 'completed',
      result: { exit_code: 0, data: { sum: 3 } },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '{"sum": 3}\n' });
  });

  test.each([
    ['words', ['--parameters', '{"name": "Ada"}'], ''],
    ['standard input', ['--parameters', '-'], 'name: Ada'],
  ])('takes parameters from %s', async (_from, words, input) => {
    const pack = shellPack('cat\n', 'parameters: {name: {type: string}}\n');
    expect((await run([pack, ...words], { input })).stdout).toBe('{"name":"Ada"}\n');
  });

  test('takes parameters from a file', async () => {
    const pack = shellPack('cat\n', 'parameters: {name: {type: string}}\n');
    const file = join(folderWith({ 'parameters.yaml': 'name: Ada\n' }), 'parameters.yaml');
    expect((await run([pack, '--parameters', `@${file}`])).stdout).toBe('{"name":"Ada"}\n');
  });

  test('masks secrets, and hands on nothing of the agent', async () => {
    const pack = shellPack('cat; env\n', 'parameters: {token: {type: string, secret: true}}\n');
    const { stdout } = await run([pack, '--parameters', '{"token": "correct-horse"}'], {
      environment: { ATTUNE__DATABASE__URL: 'postgres://nobody' },
    });
    expect(stdout).toContain('{"token":"***"}');
    expect(stdout).toContain('ATTUNE_PACK_REF=demo');
    expect(stdout).not.toMatch(/correct-horse|DATABASE/);
  });

  test.each([
    ['sleep 60\n', 'timeout: 0.2\n', 124, 'timeout'],
    ['kill -SEGV $$\n', '', 139, 'ended by SIGSEGV'],
    ['echo x\n', 'output_format: json\n', 1, 'line 1, column 1'],
    ['', 'runner_type: moonscript\n', 1, 'needs moonscript, which this worker does not have'],
  ])('ends as the action ends: %j with %j is %i', async (script, fields, expected, message) => {
    const { status, stderr } = await run([shellPack(script, fields)]);
    expect(stderr).toContain(message);
    expect(status).toBe(expected);
  });

  test.each([
    [['--parameters', '{'], 2, '--parameters must be JSON, @file or -'],
    [['--parameters', '[1]'], 2, 'it is no object'],
    [['act', 'more'], 2, 'try needs a pack and an action'],
    [['--bogus'], 2, "Unknown option '--bogus'"],
    [['wave'], 1, 'has no action "wave"'],
    [['--parameters', '{"x": 1}'], 1, 'parameters.x is unknown'],
  ])('%j is answered with %i', async (words, expected, message) => {
    const { status, stdout, stderr } = await run([shellPack(''), ...words]);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });

  test('names every problem of a pack', async () => {
    const pack = shellPack('', 'timeout: soon\nparameters: 3\n');
    const { status, stderr } = await run([pack]);
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining('actions/act.yaml:4:1: parameters: '),
      expect.stringContaining('  actions/act.yaml:3:1: timeout: '),
      '',
    ]);
    expect(status).toBe(1);
  });

  test('Ctrl-C cancels, and no process stays', async () => {
    const pack = shellPack('echo $$; sleep 3600 & wait\n');
    const [program, ...args] = agent;
    const child = spawn(program, [...args, 'try', pack], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const group = await once(child.stdout, 'data').then(([said]: unknown[]) => Number(String(said)));
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(130);
    expect(() => process.kill(-group, 0)).toThrow('ESRCH');
  });

  test('a reader that goes away ends the action', async () => {
    const pack = shellPack('while echo more; do sleep 0.01; done\n');
    const [program, ...args] = agent;
    const child = spawn(program, [...args, 'try', pack], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect((await once(child, 'exit'))[0]).toBe(130);
  });

  test('leaves nothing behind but artifacts where the user wants them', async () => {
    const [temporary, artifacts] = [folderWith({}), folderWith({})];
    const pack = shellPack('echo x > "$ATTUNE_ARTIFACTS_DIR/left"\n', 'parameter_delivery: file\n');
    for (const words of [[], ['--artifacts-dir', artifacts]])
      expect((await run([pack, ...words], { environment: { TMPDIR: temporary } })).status).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(artifacts)).toEqual(['left']);
  });
}
