import { isDeepStrictEqual } from 'node:util';
import type { ExecutionState } from '../../contract/execution-state.ts';
import type { ExecutionResult, LogChunk, Outcome } from '../../contract/outcome.ts';
import type { Attempt } from '../../contract/worker.ts';
import { json, type Lane, type Sql } from '../connect.ts';
import { epochsOf, executionsOf } from './attempts.ts';
import { notifyEnd } from './end-notice.ts';
import { inState } from './in-state.ts';
import { chunkRows, type Verdict } from './logs.ts';
import { archive, hasAnotherTry, nextTry, nextTryReason } from './retry.ts';
import type { Writer } from './writer.ts';

/** The end of an attempt, with the chunks of its log that are not stored yet. */
export interface End {
  readonly writer: Writer;
  readonly outcome: Outcome;
  readonly chunks: readonly LogChunk[];
}

/**
 * Stores the end of an attempt and its last chunks in one statement, and then tells the listeners.
 * @returns `fenced` where the attempt is no longer the running one; `accepted` again when its very end is stored already
 */
export async function finishExecution(
  sql: Sql,
  writer: Writer,
  outcome: Outcome,
  chunks: readonly LogChunk[],
): Promise<Verdict> {
  const ends = [{ writer, outcome, chunks }];
  const [verdict = 'fenced'] = await store(sql, ends);
  tell(sql, ends);
  return verdict;
}

/** As `finishExecution`, many at once; answers in their order. The listeners are told right behind, without another round trip. */
export function finishExecutions(lane: Lane, ends: readonly End[]): Promise<Verdict[]> {
  const verdicts = store(lane, ends);
  tell(lane, ends);
  return verdicts;
}

async function store(sql: Sql, ends: readonly End[]): Promise<Verdict[]> {
  const rows = ends.map(toRow).toSorted((one, other) => one.execution - other.execution);
  const logs = ends.map(({ writer, chunks }) => ({ execution: writer.execution, chunks }));
  // Sent at once: a query that is only awaited would be sent after the one that tells of it.
  const finished = await sql<Finished[]>`
    WITH ended AS (
      SELECT * FROM json_to_recordset(${json(sql, rows)})
        AS ended (execution bigint, epoch integer, worker bigint, state text, result text)
    ), finished AS (
      UPDATE execution SET ${endOrNextTry(sql)}
      FROM ended
      WHERE execution.id = ANY (${executionsOf(rows)}::bigint[]) AND ${inState(sql, 'running', 'canceling')}
        AND execution.id = ended.execution AND execution.epoch = ended.epoch
        AND (ended.worker IS NULL OR execution.worker = ended.worker)
      RETURNING execution.id, execution.epoch, ended.worker, execution.state = 'requested' AS again, ended.state AS ended_as, ended.result
    ), archived AS (
      ${archive(sql, sql`(SELECT id AS execution, worker, ended_as AS state, result FROM finished WHERE again)`)}
    ), logged AS (
      INSERT INTO execution_log (execution, epoch, stream, byte_offset, bytes)
      SELECT finished.id, finished.epoch, stream, byte_offset, bytes
      FROM finished JOIN ${chunkRows(sql, logs)} ON chunk.execution = finished.id
      ON CONFLICT DO NOTHING
    )
    SELECT id AS execution, epoch, worker, CASE WHEN again THEN pg_notify('attune_pools', '') END AS told FROM finished`.execute();
  const others = ends.filter(({ writer }) => !finished.some((row) => isOf(row, writer)));
  const fenced = new Set(others.length === 0 ? others : await notStored(sql, others));
  return ends.map((end) => (fenced.has(end) ? 'fenced' : 'accepted'));
}

interface Finished extends Attempt {
  /** Null for what a dead agent left. */
  readonly worker: number | null;
}

/** What an UPDATE of attempts that have `ended` sets: the end, or that they wait for their next try. */
function endOrNextTry(sql: Sql) {
  const again = sql`(execution.state = 'running' AND ${hasAnotherTry(sql, sql`ended.state`)})`;
  return sql`
    state = CASE WHEN ${again} THEN 'requested' ELSE ended.state END,
    result = CASE WHEN NOT ${again} THEN ended.result::json END,
    finished = CASE WHEN NOT ${again} THEN now() END,
    pool = CASE WHEN NOT ${again} THEN execution.pool END,
    worker = CASE WHEN NOT ${again} THEN execution.worker END,
    scheduled = CASE WHEN NOT ${again} THEN execution.scheduled END,
    started = CASE WHEN NOT ${again} THEN execution.started END,
    not_before = CASE WHEN ${again} THEN ${nextTry(sql)} END,
    waiting_reason = CASE WHEN ${again} THEN ${nextTryReason(sql, sql`'ended as ' || ended.state`)} END`;
}

/** The result as text: as a part of the document, PostgreSQL would refuse one with a NUL in a string. */
function toRow({ writer, outcome: { state, result } }: End) {
  const { execution, epoch, worker = null } = writer;
  return { execution, epoch, worker, state, result: JSON.stringify(result) };
}

function isOf({ execution, epoch, worker }: Finished, writer: Writer): boolean {
  return execution === writer.execution && epoch === writer.epoch && worker === (writer.worker ?? null);
}

/** Those whose very end is not what is stored, be it the execution's or that of an attempt which another one follows. */
async function notStored(sql: Sql, ends: readonly End[]): Promise<End[]> {
  const ids = executionsOf(ends.map(({ writer }) => writer));
  const stored = await sql<(Attempt & { state: ExecutionState; result: ExecutionResult | null })[]>`
    SELECT id AS execution, epoch, state, result FROM execution WHERE id = ANY (${ids}::bigint[])
    UNION ALL
    SELECT execution, epoch, state, result FROM attempt WHERE execution = ANY (${ids}::bigint[])`;
  return ends.filter(({ writer, outcome: { state, result } }) =>
    stored.every(
      (row) =>
        row.execution !== writer.execution ||
        row.epoch !== writer.epoch ||
        row.state !== state ||
        !isDeepStrictEqual(row.result, result),
    ),
  );
}

/**
 * Tells the listeners which of the ends are stored. In a transaction of its own, because PostgreSQL lets those that notify reach the disk
 * only one after the other, and the end of an execution must not queue for that. Nobody waits for it: a listener that is not
 * told looks by itself.
 */
function tell(sql: Sql, ends: readonly End[]): void {
  const attempts = ends.map(({ writer }) => writer);
  const states = ends.map(({ outcome }) => outcome.state);
  sql`
    SELECT ${notifyEnd(sql)}
    FROM unnest(${executionsOf(attempts)}::bigint[], ${epochsOf(attempts)}::integer[], ${states}::text[]) AS ended (its_id, its_epoch, its_state)
    JOIN execution ON id = its_id AND epoch = its_epoch AND state || '' = its_state`.catch(() => undefined);
}
