import type { AttemptView } from '../../contract/api/attempt.ts';
import type { Sql } from '../connect.ts';

/** The tries of an execution that a worker has begun, the first one first; `undefined` where there is no such execution. */
export async function readAttempts(sql: Sql, execution: number): Promise<AttemptView[] | undefined> {
  const [known] = await sql`SELECT FROM execution WHERE id = ${execution}`;
  if (known === undefined) return undefined;
  return sql<AttemptView[]>`
    SELECT attempt.epoch, attempt.state, attempt.pool, attempt.result, attempt.scheduled, attempt.started, attempt.finished,
      CASE WHEN worker.id IS NOT NULL THEN json_build_object('id', worker.id, 'name', worker.name) END AS worker
    FROM (
      SELECT epoch, state, pool, worker, result, scheduled, started, finished
      FROM attempt WHERE attempt.execution = ${execution}
      UNION ALL
      SELECT epoch, state, pool, worker, result, scheduled, started, finished
      FROM execution WHERE id = ${execution} AND started IS NOT NULL
    ) AS attempt LEFT JOIN worker ON worker.id = attempt.worker
    ORDER BY attempt.epoch`;
}
