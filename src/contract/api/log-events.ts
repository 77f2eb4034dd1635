import * as z from 'zod';
import { executionState } from '../execution-state.ts';
import { logStream } from '../outcome.ts';

/**
 * A piece of a stream: `text` where the bytes are whole UTF-8 characters, else `base64`; exactly one of them. `offset`
 * counts the bytes of the stream of this attempt (`epoch`) before it, `end` those up to its own end.
 */
const piece = z.object({
  epoch: z.int(),
  offset: z.int(),
  end: z.int(),
  text: z.string().optional(),
  base64: z.string().optional(),
});

/** A piece of a log, as `GET /executions/{id}/logs` lists it. `dropped` bytes before it were not kept (output limit). */
export const logPiece = piece.extend({ stream: logStream, dropped: z.int() });
export type LogPiece = z.infer<typeof logPiece>;

export const logPieces = z.object({
  items: z.array(logPiece),
  /** Where to go on, per stream: hand it back as `offset`. Null at the end of a finished execution's log. */
  next_offset: z.int().nullable(),
});

/** Data of the events of `GET /executions/{id}/logs/{stream}/stream`; every id is `<epoch>:<byte offset>`. */
export const chunkEvent = piece;
export const gapEvent = z.object({ epoch: z.int(), offset: z.int(), end: z.int(), dropped: z.int() });
export const endEvent = z.object({ state: executionState });
export const logEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('chunk'), id: z.string(), data: chunkEvent }),
  z.object({ event: z.literal('gap'), id: z.string(), data: gapEvent }),
  z.object({ event: z.literal('end'), id: z.string(), data: endEvent }),
]);
export type LogEvent = z.infer<typeof logEvent>;
