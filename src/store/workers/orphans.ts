import type { Attempt } from '../../contract/worker.ts';
import { json, type Sql } from '../connect.ts';
import { epochsOf, executionsOf } from '../executions/attempts.ts';
import { notifyTerminal } from '../executions/end-notice.ts';
import { inState } from '../executions/in-state.ts';
import { archive, hasAnotherTry, nextTry, nextTryReason } from '../executions/retry.ts';
import { neverClaimed, requestedAgain } from '../executions/request-again.ts';
import { unfinishedResult } from '../executions/unfinished.ts';

/** An attempt that is under way in the records, while its worker is gone; null: while its worker has no memory of it. */
export interface OrphanedAttempt extends Attempt {
  readonly worker: number | null;
}

/** Orphaned attempts, at most `limit`. What becomes of one depends on its worker: a successor may take it over at any moment. */
export async function orphanedAttempts(sql: Sql, limit: number): Promise<OrphanedAttempt[]> {
  return sql<OrphanedAttempt[]>`
    SELECT execution.id AS execution, execution.epoch, execution.worker
    FROM execution LEFT JOIN worker ON worker.id = execution.worker AND worker.status = 'online'
    WHERE execution.state IN ('running', 'canceling') AND worker.id IS NULL
    LIMIT ${limit}`;
}

/**
 * Lets attempts wait again that never began, because their worker's successor would have taken them over: running → requested. One
 * that is being cancelled stays an orphan.
 * @returns how many were put back
 */
export async function returnUnbegun(sql: Sql, orphans: readonly OrphanedAttempt[]): Promise<number> {
  const { count } = await sql`
    UPDATE execution SET ${neverClaimed(sql, sql`'its worker died before it began'`)}
    ${fromOrphans(sql, orphans)} AND ${inState(sql, 'running')}
      AND EXISTS (SELECT FROM worker WHERE id = orphan.worker AND successor IS NOT NULL)`;
  return count;
}

/**
 * Gives attempts another try where their action asks for it and has tries left: running → requested. The epoch is raised by
 * the next placement; until then nothing is written under the old one, because the execution does not run.
 * @param reason for a person, part of the result of the attempt that was lost
 * @returns how many were put back
 */
export async function retryExecutions(
  sql: Sql,
  orphans: readonly OrphanedAttempt[],
  reason: string,
): Promise<number> {
  const result = JSON.stringify(unfinishedResult('worker_lost', reason));
  const retried = await sql`
    WITH retried AS (
      UPDATE execution SET ${requestedAgain(sql, nextTryReason(sql, sql`'lost its worker'`))}, not_before = ${nextTry(sql)}
      ${fromOrphans(sql, orphans)} AND ${inState(sql, 'running')} AND ${hasAnotherTry(sql, sql`'worker_lost'::text`)}
      RETURNING id AS execution, orphan.worker
    ), archived AS (
      ${archive(sql, sql`(SELECT execution, worker, 'abandoned' AS state, ${result}::text AS result FROM retried)`)}
    )
    SELECT FROM retried`;
  return retried.length;
}

/**
 * Ends attempts that nobody will report on: running or canceling → abandoned.
 * @param reason for a person, part of the result
 * @returns how many were ended
 */
export async function abandonExecutions(
  sql: Sql,
  orphans: readonly OrphanedAttempt[],
  reason: string,
): Promise<number> {
  const abandoned = await sql`
    WITH abandoned AS (
      UPDATE execution SET state = 'abandoned', finished = now(),
        result = ${json(sql, unfinishedResult('worker_lost', reason))}
      ${fromOrphans(sql, orphans)} AND ${inState(sql, 'running', 'canceling')}
      RETURNING id, execution.epoch, state
    )
    SELECT ${notifyTerminal(sql)} FROM abandoned`;
  return abandoned.length;
}

/** The FROM and WHERE of an UPDATE of orphans that are still as they were read: not claimed anew, not taken over. */
function fromOrphans(sql: Sql, orphans: readonly OrphanedAttempt[]) {
  return sql`
    FROM unnest(
      ${executionsOf(orphans)}::bigint[], ${epochsOf(orphans)}::integer[], ${orphans.map(({ worker }) => worker)}::bigint[]
    ) AS orphan (execution, epoch, worker)
    WHERE execution.id = orphan.execution AND execution.epoch = orphan.epoch
      AND execution.worker IS NOT DISTINCT FROM orphan.worker`;
}
