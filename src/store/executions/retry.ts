import type { Fragment, Queries } from '../connect.ts';

/** The longest that an execution waits for its next try, in seconds. */
const longestDelay = 86_400;

/**
 * Whether the policy of an execution gives an attempt that ends by this cause another try.
 * @param cause an SQL expression: a cause of `retryPolicy` as text
 */
export function hasAnotherTry(sql: Queries, cause: Fragment) {
  return sql`coalesce(
    execution.retry IS NOT NULL AND execution.attempts < (execution.retry ->> 'max_attempts')::integer
      AND (execution.retry -> 'on')::jsonb @> to_jsonb(${cause}),
    false)`;
}

/** When the next try may begin, reckoned from now. */
export function nextTry(sql: Queries) {
  return sql`(
    now() + make_interval(secs => least(${longestDelay}::double precision,
      (execution.retry ->> 'delay')::double precision * power((execution.retry ->> 'backoff')::double precision, execution.attempts - 1)))
  )`;
}

/**
 * Why it waits until then, for a person.
 * @param what an SQL expression: what became of the attempt, as in "attempt 1 of 3 failed"
 */
export function nextTryReason(sql: Queries, what: Fragment) {
  return sql`
    format('attempt %s of %s %s; the next one may begin at %s', execution.attempts, execution.retry ->> 'max_attempts', ${what},
      to_char(${nextTry(sql)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))`;
}

/**
 * What the statement that gives executions another try inserts into `attempt`: the rows as they were before it, because all parts of a
 * statement see the same. `tried` is a part with `execution`, `worker`, `state` and `result` of the attempts.
 */
export function archive(sql: Queries, tried: Fragment) {
  return sql`
    INSERT INTO attempt (execution, epoch, state, result, pool, worker, scheduled, started, finished)
    SELECT id, epoch, tried.state, tried.result::json, pool, coalesce(tried.worker, execution.worker), scheduled, started, now()
    FROM ${tried} AS tried JOIN execution ON execution.id = tried.execution`;
}
