import { expect, test } from 'vitest';
import { retryPolicy, storedRetry } from '../../../src/contract/retry.ts';

const stored = (policy: unknown) => storedRetry(retryPolicy.parse(policy));

test('a number of attempts alone means every cause, at once', () => {
  expect(stored({ max_attempts: 3 })).toEqual({
    max_attempts: 3,
    delay: 0,
    backoff: 1,
    on: ['failed', 'timeout', 'worker_lost'],
  });
});

test('the causes that are named are meant, the older spelling included', () => {
  expect(stored({ max_attempts: 2, on: ['failed'] })?.on).toEqual(['failed']);
  expect(stored({ max_attempts: 2, on_worker_lost: true })?.on).toEqual(['worker_lost']);
  expect(stored({ max_attempts: 2, on: ['failed'], on_worker_lost: true })?.on).toEqual([
    'failed',
    'worker_lost',
  ]);
});

test.each([
  ['nothing', {}],
  ['one attempt', { max_attempts: 1, on: ['failed'] }],
  ['no cause', { max_attempts: 5, on_worker_lost: false }],
])('no other try is asked for by %s', (_what, policy) => {
  expect(stored(policy)).toBeNull();
});

test.each([
  ['attempts', { max_attempts: 0 }],
  ['causes', { on: [] }],
  ['a cause', { on: ['completed'] }],
  ['a delay', { delay: -1 }],
  ['a factor', { backoff: 0.5 }],
])('%s that can not be meant are refused', (_what, policy) => {
  expect(retryPolicy.safeParse(policy).success).toBe(false);
});
