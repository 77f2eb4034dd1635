import type { LogStream } from '../../contract/outcome.ts';
import type { Sql } from '../../store/connect.ts';
import { readLog } from '../../store/executions/logs.ts';

/** Bytes that are read, and held in memory for one client, at a time. */
const readBytes = 256 * 1024;

export interface WholeLogQuery {
  readonly execution: number;
  readonly stream: LogStream;
  readonly epoch: number;
  readonly offset: number;
}

/** A stream as it was written up to now; a line in brackets stands where bytes are missing. */
export async function* wholeLog(sql: Sql, { offset, ...query }: WholeLogQuery): AsyncGenerator<Uint8Array> {
  let position = offset;
  for (;;) {
    const part = await readLog(sql, { ...query, offset: position, limit: readBytes });
    if (part === undefined || part.pieces.length === 0) return;
    for (const piece of part.pieces) {
      if (piece.offset > position) yield gapLine(piece.offset - position);
      yield piece.bytes;
      position = piece.offset + piece.bytes.length;
    }
  }
}

function gapLine(bytes: number): Uint8Array {
  return Buffer.from(`\n[${bytes} bytes were not kept]\n`);
}
