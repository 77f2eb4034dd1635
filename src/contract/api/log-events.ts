import * as z from 'zod';
import { executionState } from '../execution-state.ts';
import { logStream } from '../outcome.ts';

/**
 * A run of bytes of a stream: `text` where they are whole UTF-8 characters, else `base64`; exactly one of them. `offset`
 * counts the bytes of the stream of this attempt (`epoch`) before it, `end` those up to its own end.
 */
export const logRun = z.object({
  epoch: z.int(),
  offset: z.int(),
  end: z.int(),
  text: z.string().optional(),
  base64: z.string().optional(),
});
export type LogRun = z.infer<typeof logRun>;

/** Bytes that the output limit left out, between two runs. */
export const logGap = z.object({ epoch: z.int(), offset: z.int(), end: z.int(), dropped: z.int() });
export type LogGap = z.infer<typeof logGap>;

/** The events of `GET /executions/{id}/logs/{stream}/stream`. Every id is `<epoch>:<byte offset to go on with>`. */
export const logEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('chunk'), id: z.string(), data: logRun }),
  z.object({ event: z.literal('gap'), id: z.string(), data: logGap }),
  z.object({ event: z.literal('end'), id: z.string(), data: z.object({ state: executionState }) }),
]);
export type LogEvent = z.infer<typeof logEvent>;

/** Bytes of a log in one answer, unless the client says otherwise. */
const usualLimit = 1024 * 1024;

const epochQuery = z.coerce
  .number()
  .int()
  .positive()
  .optional()
  .describe('An earlier attempt. Default: the last one');
const offsetQuery = z.coerce.number().int().min(0).default(0).describe('Byte offset to begin at');

/** The query of `GET /executions/{id}/logs/{stream}`. */
export const logTextQuery = z.object({ epoch: epochQuery, offset: offsetQuery });

/** The query of `GET /executions/{id}/logs`. */
export const logQuery = z
  .object({
    stream: logStream.optional().describe('Only this stream'),
    epoch: epochQuery,
    offset: offsetQuery.describe('Byte offset to begin at; needs `stream`'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(16 * usualLimit)
      .default(usualLimit)
      .describe('Bytes of each stream, kept to the next whole chunk'),
  })
  .refine(({ stream, offset }) => offset === 0 || stream !== undefined, {
    path: ['stream'],
    message: 'is needed with an offset: each stream has its own',
  });
export type LogQuery = z.infer<typeof logQuery>;

/**
 * The answer of `GET /executions/{id}/logs`. Go on with `next_offset`; a log is complete when the state is terminal and a
 * stream has no runs from there on. Offsets between two runs are a gap.
 */
export const logReply = z.object({
  epoch: z.int(),
  state: executionState,
  streams: z.array(z.object({ stream: logStream, runs: z.array(logRun), next_offset: z.int() })),
});
export type LogReply = z.infer<typeof logReply>;
