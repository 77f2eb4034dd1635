import { expect, test } from 'vitest';
import { statusOfExecution } from '../../../src/shared/execution-status.ts';

test.each([
  ['completed', 0, null, 0],
  ['failed', 3, null, 3],
  ['failed', null, 'SIGKILL', 137],
  ['failed', null, 'SIGSEGV', 139],
  ['failed', null, 'SIGNONSENSE', 1],
  ['failed', 0, null, 1],
  ['failed', null, null, 1],
  ['timeout', null, 'SIGKILL', 124],
  ['cancelled', null, 'SIGTERM', 130],
  ['abandoned', null, null, 1],
] as const)('%s with exit code %s and signal %s is status %i', (state, exitCode, signal, status) => {
  expect(statusOfExecution({ state, exitCode, signal })).toBe(status);
});
