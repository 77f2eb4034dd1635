import * as z from 'zod';
import { executionState } from '../execution-state.ts';
import { executionResult } from '../outcome.ts';

/**
 * A try of an execution as the API shows it: what became of it, and who made it. The log of each stays readable by its epoch. `state` is how it
 * ended, `abandoned` for one whose worker was lost; that of the last one is the execution's.
 */
export const attemptView = z.object({
  epoch: z.int().positive(),
  state: executionState,
  pool: z.string().nullable(),
  worker: z.object({ id: z.int(), name: z.string() }).nullable(),
  result: executionResult.nullable(),
  scheduled: z.iso.datetime().nullable(),
  started: z.iso.datetime().nullable(),
  finished: z.iso.datetime().nullable(),
});
export type AttemptView = z.infer<typeof attemptView>;
