import type { Road, RoutedNotice } from '../../broker/road.ts';
import type { Sql } from '../../store/connect.ts';
import { stuckNotices, unpublishedNotices } from '../../store/executions/schedule.ts';
import type { PoolBoard } from './pool-board.ts';

/** Old enough that the server that placed it has either published and marked it, or died. */
const unpublishedAfterSeconds = 5;
/** A message that is in no queue after this long, while its execution still waits to be claimed, was lost. */
const lostAfterSeconds = 10;
/** Beyond this even a message behind a long queue is sent again: a double is refused by the claim. */
const stuckAfterSeconds = 600;
const most = 1000;

/**
 * Sends again what was stored but not confirmed, and what was confirmed but must have been lost. A message is a hint,
 * so sending too often is harmless. The PostgreSQL road needs none of this: its consumers look at the table itself.
 */
export async function relay(
  sql: Sql,
  road: Road,
  board: PoolBoard,
  publish: (notices: readonly RoutedNotice[]) => Promise<void>,
): Promise<void> {
  if (road.kind === 'postgres') return;
  await publish(await unpublishedNotices(sql, { olderThanSeconds: unpublishedAfterSeconds, limit: most }));
  for (const pool of board.pools) {
    if (pool.load === 0) continue;
    const ready = await road.waiting(pool.name);
    const olderThanSeconds = ready === 0 ? lostAfterSeconds : stuckAfterSeconds;
    await publish(await stuckNotices(sql, pool.name, { olderThanSeconds, limit: most }));
  }
}
