import type { Attempt } from '../../contract/worker.ts';
import { json, type Sql } from '../connect.ts';
import { epochsOf, executionsOf } from '../executions/attempts.ts';
import { notifyTerminal } from '../executions/finish.ts';
import { unfinishedResult } from '../executions/unfinished.ts';
import { inState } from '../executions/in-state.ts';

/** Attempts that are under way in the records, while their worker is gone or has no memory of them. */
export async function orphanedAttempts(sql: Sql, limit: number): Promise<Attempt[]> {
  return sql<Attempt[]>`
    SELECT execution.id AS execution, execution.epoch
    FROM execution LEFT JOIN worker ON worker.id = execution.worker AND worker.status = 'online'
    WHERE execution.state IN ('running', 'canceling') AND worker.id IS NULL
    LIMIT ${limit}`;
}

/**
 * Gives attempts another try where their action asks for it and has tries left: running → requested. The epoch is raised by
 * the next placement; until then nothing is written under the old one, because the execution does not run.
 * @returns how many were put back
 */
export async function retryExecutions(sql: Sql, attempts: readonly Attempt[]): Promise<number> {
  const { count } = await sql`
    UPDATE execution SET state = 'requested', pool = NULL, worker = NULL, scheduled = NULL, started = NULL,
      waiting_reason = 'its worker was lost, it is to be tried again'
    FROM unnest(${executionsOf(attempts)}::bigint[], ${epochsOf(attempts)}::integer[]) AS attempt (execution, epoch)
    WHERE id = attempt.execution AND execution.epoch = attempt.epoch AND ${inState(sql, 'running')}
      AND (retry ->> 'on_worker_lost')::boolean AND attempts < (retry ->> 'max_attempts')::integer`;
  return count;
}

/**
 * Ends attempts that nobody will report on: running or canceling → abandoned.
 * @param reason for a person, part of the result
 * @returns how many were ended
 */
export async function abandonExecutions(
  sql: Sql,
  attempts: readonly Attempt[],
  reason: string,
): Promise<number> {
  const abandoned = await sql`
    WITH abandoned AS (
      UPDATE execution SET state = 'abandoned', finished = now(),
        result = ${json(sql, unfinishedResult('worker_lost', reason))}
      FROM unnest(${executionsOf(attempts)}::bigint[], ${epochsOf(attempts)}::integer[]) AS attempt (execution, epoch)
      WHERE id = attempt.execution AND execution.epoch = attempt.epoch AND ${inState(sql, 'running', 'canceling')}
      RETURNING id, execution.epoch, state
    )
    SELECT ${notifyTerminal(sql)} FROM abandoned`;
  return abandoned.length;
}
