import { expect, test } from 'vitest';
import { createPatternGuard } from '../../../../src/packs/parameters/pattern-guard.ts';

test('a check that waits for the processor is given its time', () => {
  const guard = createPatternGuard();
  let calls = 0;
  const answer = guard(() => {
    calls += 1;
    // Another program has the processor meanwhile.
    if (calls === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
    return calls;
  });
  expect(answer).toBe(2);
});

test('a check that uses the processor without end is ended', () => {
  const guard = createPatternGuard();
  expect(guard(() => /^(a+)+$/.test(`${'a'.repeat(50)}!`))).toBeUndefined();
});

test('an error of a check is handed on', () => {
  const guard = createPatternGuard();
  expect(() =>
    guard(() => {
      throw new Error('mine');
    }),
  ).toThrow('mine');
});
