import * as z from 'zod';

/** Ends of an attempt that may lead to another one. */
export const retryCause = z.enum(['failed', 'timeout', 'worker_lost']);
export type RetryCause = z.infer<typeof retryCause>;

/** A day: whoever waits longer wants a schedule. */
const longestDelaySeconds = 86_400;

/**
 * Which ends of an attempt lead to another one, how many attempts there may be in all, and how many seconds lie between: `delay` before the
 * second, `backoff` times as many before each further one, at most a day. `on_worker_lost` is the older way to name that one cause.
 */
export const retryPolicy = z.object({
  max_attempts: z.int().min(1).max(100).default(1),
  delay: z.number().min(0).max(longestDelaySeconds).default(0),
  backoff: z.number().min(1).max(10).default(1),
  on: z.array(retryCause).min(1).optional(),
  on_worker_lost: z.boolean().optional(),
});
export type RetryPolicy = z.infer<typeof retryPolicy>;

/** A policy as it is stored with an execution: nothing is left to be understood. */
export interface StoredRetry {
  readonly max_attempts: number;
  readonly delay: number;
  readonly backoff: number;
  readonly on: readonly RetryCause[];
}

/** What is to be stored of a policy; null where no end leads to another attempt. */
export function storedRetry(policy: RetryPolicy | undefined): StoredRetry | null {
  if (policy === undefined || policy.max_attempts < 2) return null;
  const on = causesOf(policy);
  if (on.length === 0) return null;
  const { max_attempts, delay, backoff } = policy;
  return { max_attempts, delay, backoff, on };
}

function causesOf({ on, on_worker_lost: lost }: RetryPolicy): readonly RetryCause[] {
  if (on === undefined) return lost === undefined ? retryCause.options : lost ? ['worker_lost'] : [];
  return lost === true ? [...new Set([...on, 'worker_lost' as const])] : on;
}
