import * as z from 'zod';
import { executionState } from '../execution-state.ts';
import { executionResult } from '../outcome.ts';
import { jsonObject } from '../parameter-schema.ts';

/** What stands in the place of a secret value wherever a person or a program may look. */
export const maskedValue = '***';

/**
 * An execution as the API shows it. `epoch` is the number of its last placement, `attempts` how often a worker began it.
 * `parameters` are complete, secret ones as `***`. `timeout` in seconds; times are ISO 8601 in UTC, null while they have not
 * come. `retry_of` is the execution that this one repeats. `requested` is when it was asked for, `scheduled`, `started` and `worker` are those of the last attempt.
 */
export const executionView = z.object({
  id: z.int().positive(),
  action: z.string(),
  state: executionState,
  epoch: z.int().nonnegative(),
  attempts: z.int().nonnegative(),
  parameters: jsonObject,
  timeout: z.number(),
  retry_of: z.int().positive().nullable(),
  pool: z.string().nullable(),
  worker: z.object({ id: z.int(), name: z.string() }).nullable(),
  waiting_reason: z.string().nullable(),
  result: executionResult.nullable(),
  requested: z.iso.datetime(),
  scheduled: z.iso.datetime().nullable(),
  started: z.iso.datetime().nullable(),
  finished: z.iso.datetime().nullable(),
});
export type ExecutionView = z.infer<typeof executionView>;
