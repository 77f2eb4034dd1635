import type { Attempt, HeartbeatReply } from '../../contract/worker.ts';
import type { Sql } from '../connect.ts';
import { epochsOf, executionsOf } from '../executions/attempts.ts';
import { inState } from '../executions/in-state.ts';

/**
 * How long ago an attempt must have been claimed before it counts as unknown to its worker: much longer than a claim takes
 * from the database to the list that the next heartbeat names.
 */
const disownAfterSeconds = 60;

/**
 * Notes that a worker lives and tells it what to do about the attempts that it names. Attempts that it claimed and yet does
 * not name (the answer to its claim was lost) lose their worker, so that they count as orphaned. A worker that was given up
 * stays so: its status is in the reply.
 */
export async function heartbeatWorker(
  sql: Sql,
  worker: number,
  attempts: readonly Attempt[],
  busy: number,
): Promise<HeartbeatReply> {
  const executions = executionsOf(attempts);
  const [reply] = await sql<HeartbeatReply[]>`
    WITH beat AS (
      UPDATE worker SET heartbeat = now(), busy = ${busy} WHERE id = ${worker} AND status = 'online'
      RETURNING status
    ), disowned AS (
      UPDATE execution SET worker = NULL
      WHERE worker = ${worker} AND state IN ('running', 'canceling') AND id <> ALL (${executions}::bigint[])
        AND started < now() - make_interval(secs => ${disownAfterSeconds})
    ), named AS (
      SELECT named.execution, named.epoch, execution.state
      FROM unnest(${executions}::bigint[], ${epochsOf(attempts)}::integer[]) AS named (execution, epoch)
      LEFT JOIN execution
        ON execution.id = named.execution AND execution.epoch = named.epoch AND ${inState(sql, 'running', 'canceling')}
    )
    SELECT
      coalesce((SELECT status FROM beat), (SELECT status FROM worker WHERE id = ${worker}), 'lost') AS status,
      coalesce((SELECT cordoned FROM worker WHERE id = ${worker}), false) AS cordoned,
      ${jsonAttempts(sql)} FROM named WHERE state = 'canceling') AS cancel,
      ${jsonAttempts(sql)} FROM named WHERE state IS NULL) AS fenced`;
  if (reply === undefined) throw new Error('SELECT answered no row');
  return reply;
}

function jsonAttempts(sql: Sql) {
  return sql`(SELECT coalesce(json_agg(json_build_object('execution', execution, 'epoch', epoch)), '[]')`;
}
