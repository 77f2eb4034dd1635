import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shellPack } from '../../../support/packs.ts';
import { isRunning } from '../../../support/processes.ts';
import { attune, startAttune } from '../attune.ts';

const example = join(import.meta.dirname, '../../../../examples/packs/example');

const path = { PATH: process.env['PATH'] ?? '' };

async function testPack(folder: string, ...words: string[]) {
  return attune(['pack', 'test', folder, ...words], { environment: path });
}

/** An action that writes its parameters, and another one for which nobody has a runtime. */
function packWith(tests: string): string {
  return shellPack('cat; echo noise >&2\n', 'output_format: json\nparameters: {n: {type: integer}}\n', {
    'actions/moon.yaml': 'ref: demo.moon\nrunner_type: moonscript\nentry_point: act.sh\n',
    'tests/demo.yaml': tests,
  });
}

const good = '- {name: echoes, action: act, parameters: {n: 1}, expect: {data: {n: 1}}}\n';
const bad = '- {name: adds, action: act, parameters: {n: 1}, expect: {data: {n: 2}}}\n';
const impossible = '- {name: shines, action: moon}\n';

describe('attune pack test', () => {
  test('tells of each test in a line, and what was not as expected', async () => {
    const { status, stdout, stderr } = await testPack(packWith(good + bad + impossible));
    const lines = stdout.replaceAll(/\d+ms/g, 'TIME').split('\n');
    expect(lines).toEqual([
      '✔ echoes (demo.act, TIME)',
      '✘ adds (demo.act, TIME, tests/demo.yaml:2:3)',
      '    data.n  expected 2',
      '            but was  1',
      '    stderr ends with',
      '      noise',
      '- shines (demo.moon) skipped: needs moonscript, which this machine does not have',
      '',
      '1 passed, 1 failed, 1 skipped',
      '',
    ]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });

  test.each([
    [good, [], 0],
    [good + impossible, [], 0],
    [good + impossible, ['--require-all'], 1],
    [good + bad, ['--only', 'echoes'], 0],
    [good + bad, ['--only', 'adds'], 1],
    [good, ['--only', 'nothing'], 2],
    [good, ['--bogus'], 2],
    ['- {}\n', [], 1],
  ])('%j with %j ends with %i', async (tests, words, expected) => {
    expect((await testPack(packWith(tests), ...words)).status).toBe(expected);
  });

  test('with --json, gives everything in one document', async () => {
    const { stdout, stderr } = await testPack(packWith(good + bad), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      pack: 'demo',
      passed: 1,
      failed: 1,
      skipped: 0,
      left: 0,
      tests: [
        { name: 'echoes', verdict: 'passed', outcome: { state: 'completed' }, stdout: '{"n":1}\n' },
        { name: 'adds', verdict: 'failed', differences: [{ field: 'data.n', expected: '2', actual: '1' }] },
      ],
    });
    expect(stderr).toBe('');
  });

  test('names the problems of files of tests, with their places', async () => {
    const { status, stderr } = await testPack(packWith('- {name: x, action: wave}\n'));
    expect(stderr).toContain('  tests/demo.yaml:1:13: action: the pack has no action "wave"\n');
    expect(status).toBe(1);
  });

  test(
    'the tests of the example pass, in each language that this machine has',
    { timeout: 120_000 },
    async () => {
      const { stdout } = await attune(['pack', 'test', example, '--json'], {
        // Compilers keep what they made in the home of the user.
        environment: { ...path, HOME: process.env['HOME'] ?? '/' },
      });
      const summary: unknown = JSON.parse(stdout);
      expect(summary).toMatchObject({ failed: 0, left: 0 });
      // The shell's, at least.
      expect(summary).toHaveProperty(
        'passed',
        expect.toSatisfy((passed: number) => passed >= 5),
      );
    },
  );

  test('says what to do where there is no agent', async () => {
    const { status, stderr } = await testPack(packWith(good), '--agent', '/none');
    expect(stderr).toMatch(/There is no agent at \/none .*--agent names another one \(agent_missing\)/);
    expect(status).toBe(1);
  });

  test('Ctrl-C ends the test that runs, and those after it are not run', async () => {
    const folder = shellPack('echo $$ > pid; sleep 3600\n', '', {
      'tests/a.yaml': '- {name: long, action: act}\n- {name: never, action: act}\n',
    });
    const { process: child, ended } = startAttune(['pack', 'test', folder, '--json']);
    await expect.poll(() => pidIn(folder)).toBeGreaterThan(0);
    child.kill('SIGINT');
    const { stdout, status } = await ended;
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 1,
      left: 1,
      tests: [{ outcome: { state: 'cancelled' } }],
    });
    expect(status).toBe(1);
    expect(isRunning(pidIn(folder))).toBe(false);
  });
});

/** What the action wrote; 0 until then. */
function pidIn(folder: string): number {
  const file = join(folder, 'pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}
