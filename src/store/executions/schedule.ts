import type { Requirement } from '../../contract/capability.ts';
import type { Notice } from '../../contract/notice.ts';
import type { Queries, Sql } from '../connect.ts';
import { epochsOf, executionsOf } from './attempts.ts';
import { inState } from './in-state.ts';

/** A notice and the pool whose queue it goes to. */
export interface RoutedNotice extends Notice {
  readonly pool: string;
}

interface Requested {
  readonly execution: number;
  readonly requirement: Requirement;
}

/** Executions that wait for a pool, oldest first, those after the given id; none that is to be tried again later. */
export async function requestedExecutions(
  sql: Sql,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Requested[]> {
  return sql<Requested[]>`
    SELECT id AS execution, requirement FROM execution
    WHERE state = 'requested' AND id > ${after} AND (not_before IS NULL OR not_before <= now())
    ORDER BY id LIMIT ${limit}`;
}

/** Places what still waits: requested → scheduled under a new epoch. Answers those placed by this call. */
export async function placeExecutions(
  sql: Sql,
  places: readonly { readonly execution: number; readonly pool: string }[],
): Promise<RoutedNotice[]> {
  return sql<RoutedNotice[]>`
    UPDATE execution SET state = 'scheduled', epoch = epoch + 1, pool = place.pool,
      waiting_reason = NULL, scheduled = now(), published = NULL
    FROM unnest(${executionsOf(places)}::bigint[], ${places.map(({ pool }) => pool)}::text[]) AS place (execution, pool)
    WHERE id = place.execution AND ${inState(sql, 'requested')}
    RETURNING id AS execution, epoch, execution.pool`;
}

/** Executions that were placed in the pool and that nobody has claimed, oldest first. */
export async function scheduledExecutions(
  sql: Sql,
  pool: string,
  { limit }: { readonly limit: number },
): Promise<(Requested & Notice)[]> {
  return sql<(Requested & Notice)[]>`
    SELECT id AS execution, epoch, requirement FROM execution
    WHERE state = 'scheduled' AND pool = ${pool}
    ORDER BY scheduled, id LIMIT ${limit}`;
}

/** Says why executions wait, for a pool or for one of its workers; writes only what changed. */
export async function setWaitingReasons(
  sql: Sql,
  reasons: readonly { readonly execution: number; readonly reason: string }[],
): Promise<void> {
  await sql`
    UPDATE execution SET waiting_reason = new.reason
    FROM unnest(${executionsOf(reasons)}::bigint[], ${reasons.map(({ reason }) => reason)}::text[]) AS new (execution, reason)
    WHERE id = new.execution AND ${inState(sql, 'requested', 'scheduled')}
      AND waiting_reason IS DISTINCT FROM new.reason`;
}

/** Takes placements back that nobody has claimed: scheduled → requested. */
export async function unplaceExecutions(
  sql: Sql,
  places: readonly (Notice & { readonly reason: string })[],
): Promise<void> {
  await sql`
    UPDATE execution SET state = 'requested', pool = NULL, scheduled = NULL, waiting_reason = place.reason
    FROM unnest(${executionsOf(places)}::bigint[], ${epochsOf(places)}::integer[], ${places.map(({ reason }) => reason)}::text[])
      AS place (execution, epoch, reason)
    WHERE id = place.execution AND execution.epoch = place.epoch AND ${inState(sql, 'scheduled')}`;
}

/** Takes back what was placed in a pool for other capabilities than those of this hash, which it has from now on: perhaps it can't run there. */
export async function unplaceUnlike(sql: Queries, pool: string, capabilityHash: string): Promise<void> {
  await sql`
    UPDATE execution SET state = 'requested', pool = NULL, scheduled = NULL,
      waiting_reason = ${`pool ${pool} offers something else now`}
    FROM pool
    WHERE pool.name = ${pool} AND pool.capability_hash <> ${capabilityHash}
      AND execution.pool = pool.name AND execution.state = 'scheduled'`;
}

/** Remembers that the broker has taken the notices; what has been claimed since needs no mark. */
export async function markPublished(sql: Sql, notices: readonly Notice[]): Promise<void> {
  await sql`
    UPDATE execution SET published = now()
    FROM unnest(${executionsOf(notices)}::bigint[], ${epochsOf(notices)}::integer[]) AS notice (execution, epoch)
    WHERE id = notice.execution AND execution.epoch = notice.epoch AND ${inState(sql, 'scheduled')}`;
}

interface Age {
  readonly olderThanSeconds: number;
  readonly limit: number;
}

/** Placed executions whose notice no broker has confirmed, though they were placed so long ago. */
export async function unpublishedNotices(
  sql: Sql,
  { olderThanSeconds, limit }: Age,
): Promise<RoutedNotice[]> {
  return sql<RoutedNotice[]>`
    SELECT id AS execution, epoch, pool FROM execution
    WHERE state = 'scheduled' AND published IS NULL AND scheduled < now() - make_interval(secs => ${olderThanSeconds})
    ORDER BY scheduled LIMIT ${limit}`;
}

/** Executions of a pool that nobody has claimed, though their last publication was so long ago. */
export async function stuckNotices(
  sql: Sql,
  pool: string,
  { olderThanSeconds, limit }: Age,
): Promise<RoutedNotice[]> {
  return sql<RoutedNotice[]>`
    SELECT id AS execution, epoch, pool FROM execution
    WHERE state = 'scheduled' AND pool = ${pool}
      AND published IS NOT NULL AND published < now() - make_interval(secs => ${olderThanSeconds})
    ORDER BY published LIMIT ${limit}`;
}
