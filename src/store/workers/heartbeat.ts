import type { Attempt, HeartbeatReply } from '../../contract/worker.ts';
import type { Sql } from '../connect.ts';
import { epochsOf, executionsOf } from '../executions/attempts.ts';
import { inState } from '../executions/in-state.ts';
import { neverClaimed } from '../executions/request-again.ts';

/**
 * How long ago an attempt must have been claimed before its worker counts as not having heard of it: much longer than the answer to a
 * claim takes to get to the list that the next heartbeat names.
 */
const unheardAfterSeconds = 30;

/**
 * Notes that a worker lives and tells it what to do about the attempts that it names. An attempt that it claimed and yet does
 * not name has not begun, because the answer to its claim was lost: it waits again as if it had never been claimed, or is orphaned where it is
 * being cancelled. A worker that was given up stays so: its status is in the reply.
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
    ), unheard AS (
      SELECT id, state FROM execution
      WHERE worker = ${worker} AND state IN ('running', 'canceling') AND id <> ALL (${executions}::bigint[])
        AND started < now() - make_interval(secs => ${unheardAfterSeconds})
      FOR UPDATE
    ), again AS (
      UPDATE execution SET ${neverClaimed(sql, sql`'the answer to its claim was lost'`)}
      FROM unheard WHERE execution.id = unheard.id AND unheard.state = 'running'
    ), orphaned AS (
      UPDATE execution SET worker = NULL FROM unheard WHERE execution.id = unheard.id AND unheard.state = 'canceling'
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
