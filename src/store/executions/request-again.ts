import type { Fragment, Queries } from '../connect.ts';

/**
 * What an UPDATE sets so that a claimed execution waits for a pool again: the next placement raises its epoch.
 * @param reason an SQL expression, for a person
 */
export function requestedAgain(sql: Queries, reason: Fragment) {
  return sql`
    state = 'requested', pool = NULL, worker = NULL, scheduled = NULL, started = NULL, waiting_reason = ${reason}`;
}

/** The same for an attempt that never began: its claim does not count. */
export function neverClaimed(sql: Queries, reason: Fragment) {
  return sql`${requestedAgain(sql, reason)}, attempts = attempts - 1`;
}
