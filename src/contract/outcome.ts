import * as z from 'zod';
import { terminalState } from './execution-state.ts';
import { jsonValue } from './parameter-schema.ts';

export const logStream = z.enum(['stdout', 'stderr']);
export type LogStream = z.infer<typeof logStream>;

/**
 * What became of one stream. `bytes` counts what the process wrote after masking; `dropped` of those were not
 * kept because of the limit, as one gap between head and tail.
 */
export const streamSummary = z.object({ bytes: z.int().nonnegative(), dropped: z.int().nonnegative() });
export type StreamSummary = z.infer<typeof streamSummary>;

/** Why an attempt did not succeed, in words for a person, with a stable code for a program. */
export const attemptError = z.object({ code: z.string(), message: z.string() });
export type AttemptError = z.infer<typeof attemptError>;

/** What an action leaves: stored as the execution's result. `data` is stdout parsed as `output_format` says. */
export const executionResult = z.object({
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  succeeded: z.boolean(),
  duration_ms: z.number().nonnegative(),
  data: jsonValue.nullable(),
  error: attemptError.nullable(),
  stdout: streamSummary,
  stderr: streamSummary,
  peak_memory_bytes: z.int().nonnegative().nullable(),
  cpu_ms: z.number().nonnegative().nullable(),
});
export type ExecutionResult = z.infer<typeof executionResult>;

/** The end of one attempt. */
export const outcome = z.object({ state: terminalState, result: executionResult });
export type Outcome = z.infer<typeof outcome>;

/**
 * A piece of one stream of one attempt. `offset` counts bytes of that stream from its start, after masking; chunks of one
 * stream are in order and do not overlap; an offset beyond the last end is the gap that the limit left.
 */
export interface LogChunk {
  readonly stream: LogStream;
  readonly sequence: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}
