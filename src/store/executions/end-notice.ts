import type { ExecutionView } from '../../contract/api/execution.ts';
import type { Sql } from '../connect.ts';

/** What the end of an attempt changes of an execution as the API shows it. */
export type ExecutionEnd = Omit<
  ExecutionView,
  'id' | 'action' | 'parameters' | 'timeout' | 'retry_of' | 'requested'
>;

/** Characters of a result that goes along with the word of its end. PostgreSQL takes 8000 bytes, and what waits to be heard lies in its memory. */
const mostResult = 1500;

/** Tells the listeners that the row (`id`, `epoch`, `state`) is terminal now: they hear it when the statement is committed. */
export function notifyTerminal(sql: Sql) {
  return sql`pg_notify('attune_execution', json_build_object('execution', id, 'epoch', epoch, 'state', state)::text)`;
}

/** As `notifyTerminal`, of a row of `execution`; a small result goes along, so that who waits for it need not ask. */
export function notifyEnd(sql: Sql) {
  return sql`pg_notify('attune_execution', CASE WHEN length(result::text) <= ${mostResult}::integer THEN
    json_build_object('execution', id, 'epoch', epoch, 'state', state, 'end', json_build_object(
      'state', state, 'epoch', epoch, 'attempts', attempts, 'pool', pool, 'waiting_reason', waiting_reason, 'result', result,
      'worker', (SELECT json_build_object('id', worker.id, 'name', worker.name) FROM worker WHERE worker.id = execution.worker),
      'scheduled', ${isoTime(sql, 'scheduled')}, 'started', ${isoTime(sql, 'started')}, 'finished', ${isoTime(sql, 'finished')}))::text
    ELSE json_build_object('execution', id, 'epoch', epoch, 'state', state)::text END)`;
}

/** As the API writes times. */
function isoTime(sql: Sql, column: 'scheduled' | 'started' | 'finished') {
  return sql`to_char(${sql(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
