import { describe, expect, test } from 'vitest';
import { differencesOf } from '../../../../src/agent/try/differences.ts';
import type { Outcome } from '../../../../src/contract/outcome.ts';
import { packTestFile } from '../../../../src/contract/pack-test.ts';

const result = {
  exit_code: 0,
  signal: null,
  succeeded: true,
  duration_ms: 1,
  data: { sum: 3 },
  error: null,
  stdout: { bytes: 0, dropped: 0 },
  stderr: { bytes: 0, dropped: 0 },
  peak_memory_bytes: null,
  cpu_ms: null,
};
const completed: Outcome = { state: 'completed', result };
const failed: Outcome = {
  state: 'failed',
  result: { ...result, exit_code: 3, data: null, error: { code: 'nonzero_exit', message: 'exit code 3' } },
};

function differences(expectation: object, outcome: Outcome, stdout = '', stderr = '') {
  const [parsed] = packTestFile.parse([{ name: 'x', action: 'x', expect: expectation }]);
  if (parsed === undefined) throw new Error('no test');
  return differencesOf(parsed, { outcome, stdout, stderr });
}

describe('an end is as expected', () => {
  test.each([
    [{}, completed],
    [{ exit_code: 0, data: { sum: 3 }, data_contains: {} }, completed],
    [{ exit_code: 3 }, failed],
    [{ error_code: 'nonzero_exit' }, failed],
    [{ state: 'failed' }, failed],
    [{ stdout: { contains: ['a', 'b'], matches: '^b$' }, stderr: { matches: ['c'] } }, completed],
  ])('%j', (expectation, outcome) => {
    expect(differences(expectation, outcome, 'a\nb\n', 'c')).toEqual([]);
  });
});

describe('an end is not as expected', () => {
  test.each([
    [{}, failed, [{ field: 'state', expected: 'completed', actual: 'failed: exit code 3' }]],
    [{ state: 'timeout' }, completed, [{ field: 'state', expected: 'timeout', actual: 'completed' }]],
    [{ exit_code: 4 }, failed, [{ field: 'exit_code', expected: '4', actual: '3' }]],
    [{ error_code: 'x' }, failed, [{ field: 'error_code', expected: 'x', actual: 'nonzero_exit' }]],
    [{ data: { sum: 4 } }, completed, [{ field: 'data.sum', expected: '4', actual: '3' }]],
    [
      { stdout: { contains: 'x' } },
      completed,
      [{ field: 'stdout', expected: 'contains "x"', actual: 'nothing' }],
    ],
    [
      { stderr: { matches: 'x$' } },
      completed,
      [{ field: 'stderr', expected: 'matches /x$/', actual: '"y\\n"' }],
    ],
  ])('%j', (expectation, outcome, expected) => {
    expect(differences(expectation, outcome, '', 'y\n')).toEqual(expected);
  });
});
