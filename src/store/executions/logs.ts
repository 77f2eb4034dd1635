import type { ExecutionState } from '../../contract/execution-state.ts';
import type { LogChunk, LogStream } from '../../contract/outcome.ts';
import { json, type Sql } from '../connect.ts';
import { isRunBy, type Writer } from './writer.ts';

/** `fenced`: another epoch or worker owns the execution, or it is terminal; nothing was written. */
export type Verdict = 'accepted' | 'fenced';

/** Most rows that one answer is made of: chunks may be tiny. */
const mostChunks = 1000;

/** Stores chunks of a running attempt; one that is there already (same stream and offset) changes nothing. */
export async function appendLogs(sql: Sql, writer: Writer, chunks: readonly LogChunk[]): Promise<Verdict> {
  const written = await sql`
    WITH fence AS (
      SELECT id, epoch FROM execution WHERE ${isRunBy(sql, writer)} FOR SHARE
    ), logged AS (
      INSERT INTO execution_log (execution, epoch, stream, byte_offset, bytes)
      SELECT id, epoch, stream, byte_offset, bytes
      FROM fence JOIN ${chunkRows(sql, [{ execution: writer.execution, chunks }])} ON chunk.execution = id
      ON CONFLICT DO NOTHING
    )
    SELECT pg_notify('attune_log', json_build_object('execution', id)::text) FROM fence`;
  return written.length > 0 ? 'accepted' : 'fenced';
}

/**
 * Chunks as rows of a FROM, `chunk`, out of two parameters: where they belong, and all their bytes. Empty ones are left out: they
 * would take the place of the next, which has the same offset.
 */
export function chunkRows(
  sql: Sql,
  logs: readonly { readonly execution: number; readonly chunks: readonly LogChunk[] }[],
) {
  const places: object[] = [];
  const pieces: Uint8Array[] = [];
  let first = 1; // PostgreSQL counts bytes from 1.
  for (const { execution, chunks } of logs) {
    for (const { stream, offset, bytes } of chunks) {
      if (bytes.length === 0) continue;
      places.push({ execution, stream, byte_offset: offset, first, length: bytes.length });
      pieces.push(bytes);
      first += bytes.length;
    }
  }
  return sql`(
    SELECT execution, stream, byte_offset, substr(${Buffer.concat(pieces)}::bytea, first, length) AS bytes
    FROM json_to_recordset(${json(sql, places)})
      AS place (execution bigint, stream text, byte_offset bigint, first integer, length integer)
  ) AS chunk`;
}

/** Which part of a stream is asked for. `epoch` absent: the current attempt's. `limit` in bytes, kept to the next whole chunk. */
export interface LogQuery {
  readonly execution: number;
  readonly stream: LogStream;
  readonly epoch?: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Bytes of a stream from `offset` on. An offset beyond the end of the piece before is the gap that the output limit left. */
export interface StoredPiece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * A part of a log. `next` is the offset to go on with. `state` is the execution's at the same moment: when it is terminal and
 * there are no pieces, the log is complete.
 */
export interface LogPart {
  readonly epoch: number;
  readonly state: ExecutionState;
  readonly pieces: readonly StoredPiece[];
  readonly next: number;
}

interface StoredLog {
  readonly epoch: number;
  readonly state: ExecutionState;
  readonly offset: number | null;
  readonly bytes: Uint8Array | null;
}

/** Reads a part of a log; `undefined` where there is no such execution. */
export async function readLog(sql: Sql, query: LogQuery): Promise<LogPart | undefined> {
  const { execution, stream, epoch = null, offset, limit } = query;
  const rows = await sql<StoredLog[]>`
    SELECT coalesce(${epoch}::integer, execution.epoch) AS epoch, execution.state, piece.byte_offset AS offset, piece.bytes
    FROM execution LEFT JOIN LATERAL (
      SELECT byte_offset, bytes, sum(octet_length(bytes)) OVER (ORDER BY byte_offset) - octet_length(bytes) AS before
      FROM (
        SELECT byte_offset, bytes FROM execution_log AS log
        WHERE log.execution = execution.id AND log.epoch = coalesce(${epoch}::integer, execution.epoch)
          AND log.stream = ${stream} AND log.byte_offset >= coalesce((
            SELECT max(byte_offset) FROM execution_log AS first
            WHERE first.execution = execution.id AND first.epoch = coalesce(${epoch}::integer, execution.epoch)
              AND first.stream = ${stream} AND first.byte_offset <= ${offset}
          ), 0)
          AND log.byte_offset + octet_length(log.bytes) > ${offset}
        ORDER BY byte_offset LIMIT ${mostChunks}
      ) AS candidate
    ) AS piece ON piece.before < ${limit}
    WHERE execution.id = ${execution}
    ORDER BY piece.byte_offset`;
  const [first] = rows;
  if (first === undefined) return undefined;
  const pieces = rows.flatMap((row) => piecesOf(row, offset));
  const last = pieces.at(-1);
  const next = last === undefined ? offset : last.offset + last.bytes.length;
  return { epoch: first.epoch, state: first.state, pieces, next };
}

function piecesOf({ offset, bytes }: StoredLog, from: number): StoredPiece[] {
  if (offset === null || bytes === null) return [];
  return offset >= from ? [{ offset, bytes }] : [{ offset: from, bytes: bytes.subarray(from - offset) }];
}
