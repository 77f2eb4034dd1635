import { isDeepStrictEqual } from 'node:util';
import type { TerminalState } from '../../contract/execution-state.ts';
import type { ExecutionResult, LogChunk, Outcome } from '../../contract/outcome.ts';
import type { Attempt } from '../../contract/worker.ts';
import { json, type Sql } from '../connect.ts';
import { chunkRows, type Verdict } from './logs.ts';
import { isRunBy, type Writer } from './writer.ts';

/**
 * Stores the end of an attempt and its last chunks in one statement, and then tells the listeners.
 * @returns `fenced` where the attempt is no longer the running one; `accepted` again when its very end is stored already
 */
export async function finishExecution(
  sql: Sql,
  writer: Writer,
  { state, result }: Outcome,
  chunks: readonly LogChunk[],
): Promise<Verdict> {
  const { execution, epoch } = writer;
  const finished = await sql`
    WITH finished AS (
      UPDATE execution SET state = ${state}, result = ${json(sql, result)}, finished = now()
      WHERE ${isRunBy(sql, writer)}
      RETURNING id, epoch, state
    ), logged AS (
      INSERT INTO execution_log (execution, epoch, stream, byte_offset, bytes)
      SELECT id, epoch, stream, byte_offset, bytes FROM finished, ${chunkRows(sql, chunks)}
      ON CONFLICT DO NOTHING
    )
    SELECT FROM finished`;
  if (finished.length > 0) {
    tellListeners(sql, writer, state);
    return 'accepted';
  }
  const [stored] = await sql<{ result: ExecutionResult | null }[]>`
    SELECT result FROM execution WHERE id = ${execution} AND epoch = ${epoch} AND state = ${state}`;
  return isDeepStrictEqual(stored?.result, result) ? 'accepted' : 'fenced';
}

/**
 * On its own, because PostgreSQL lets transactions that notify reach the disk only one after the other, and the end of
 * an execution must not queue for that. Nobody waits for it: a listener that is not told looks by itself.
 */
function tellListeners(sql: Sql, { execution, epoch }: Attempt, state: TerminalState): void {
  sql`SELECT ${notifyTerminal(sql)} FROM (VALUES (${execution}::bigint, ${epoch}::integer, ${state}::text)) AS ended (id, epoch, state)`.catch(
    () => undefined,
  );
}

/** Tells the listeners that the row (`id`, `epoch`, `state`) is terminal now: they hear it when the statement is committed. */
export function notifyTerminal(sql: Sql) {
  return sql`pg_notify('attune_execution', json_build_object('execution', id, 'epoch', epoch, 'state', state)::text)`;
}
