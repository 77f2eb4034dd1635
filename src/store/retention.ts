import type { Sql } from './connect.ts';

/** A part of a walk through all executions by their ids, and what counts as old. */
export interface OldPage {
  /** Where the part before ended; 0 at the start. */
  readonly after: number;
  /** How many executions are looked at. */
  readonly limit: number;
  /** Seconds since the end; `undefined`: age does not matter. */
  readonly olderThanSeconds: number | undefined;
}

/** `last`: the greatest id that was looked at; `undefined` where nothing that is old can come after it. */
export interface Removed {
  readonly executions: number;
  readonly last: number | undefined;
}

/**
 * Removes those of the next executions that have ended and are old, with their logs. Ids grow with the time of the request, so
 * the walk is over where the first one is young: no index on times is needed, which every execution would pay for.
 * @param page.upTo executions up to this id are old, whatever their age
 */
export async function removeExecutions(
  sql: Sql,
  { after, limit, olderThanSeconds, upTo }: OldPage & { readonly upTo: number },
): Promise<Removed> {
  const [row] = await sql<Counted[]>`
    WITH page AS (
      SELECT id, finished, id <= ${upTo} OR requested < ${timeBefore(sql, olderThanSeconds)} IS TRUE AS may_be_old
      FROM execution WHERE id > ${after} ORDER BY id LIMIT ${limit}
    ), gone AS (
      DELETE FROM execution WHERE id IN (
        SELECT id FROM page WHERE finished IS NOT NULL AND (id <= ${upTo} OR finished < ${timeBefore(sql, olderThanSeconds)})
      ) RETURNING id
    ), logs AS (
      DELETE FROM execution_log WHERE execution IN (SELECT id FROM gone)
    ), attempts AS (
      DELETE FROM attempt WHERE execution IN (SELECT id FROM gone)
    )
    SELECT (SELECT count(*)::integer FROM gone) AS executions, max(id) AS last, bool_and(may_be_old) AS more FROM page`;
  return toRemoved(row);
}

/** Removes the logs of those of the next executions with a log that have ended and are old, or exist no more. */
export async function removeLogs(sql: Sql, { after, limit, olderThanSeconds }: OldPage): Promise<Removed> {
  // Executions with a log, one after the other by the index: a plain DISTINCT would read every chunk.
  const [row] = await sql<Counted[]>`
    WITH RECURSIVE logged AS (
      (SELECT execution, 1 AS place FROM execution_log WHERE execution > ${after} ORDER BY execution LIMIT 1)
      UNION ALL
      SELECT next.execution, place + 1 FROM logged, LATERAL (
        SELECT execution FROM execution_log AS log WHERE log.execution > logged.execution ORDER BY execution LIMIT 1
      ) AS next WHERE place < ${limit}
    ), page AS (
      SELECT logged.execution AS id, execution.id IS NULL OR execution.finished < ${timeBefore(sql, olderThanSeconds)} IS TRUE AS is_old,
        execution.id IS NULL OR execution.requested < ${timeBefore(sql, olderThanSeconds)} IS TRUE AS may_be_old
      FROM logged LEFT JOIN LATERAL (
        -- One by one: of a small table the planner would read all, and keep that plan when it has grown.
        SELECT id, requested, finished FROM execution WHERE execution.id = logged.execution LIMIT 1
      ) AS execution ON true
    ), logs AS (
      DELETE FROM execution_log WHERE execution IN (SELECT id FROM page WHERE is_old)
    )
    SELECT count(*) FILTER (WHERE is_old)::integer AS executions, max(id) AS last, bool_and(may_be_old) AS more FROM page`;
  return toRemoved(row);
}

/** The id up to which executions are too many, where only the newest `kept` may stay; 0 where there are not so many. */
export async function lastBeyond(sql: Sql, kept: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`SELECT id FROM execution ORDER BY id DESC OFFSET ${kept} LIMIT 1`;
  return row?.id ?? 0;
}

interface Counted {
  readonly executions: number;
  readonly last: number | null;
  readonly more: boolean | null;
}

function toRemoved(row: Counted | undefined): Removed {
  if (row === undefined || row.last === null) return { executions: 0, last: undefined };
  return { executions: row.executions, last: row.more === true ? row.last : undefined };
}

/** Null where age does not matter: a comparison with it is never true. */
function timeBefore(sql: Sql, seconds: number | undefined) {
  return sql`(now() - make_interval(secs => ${seconds ?? null}::double precision))`;
}
