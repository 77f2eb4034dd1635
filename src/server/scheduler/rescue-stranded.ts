import type { Sql } from '../../store/connect.ts';
import {
  scheduledExecutions,
  setWaitingReasons,
  unplaceExecutions,
} from '../../store/executions/schedule.ts';
import type { PoolBoard } from './pool-board.ts';

const most = 500;

/**
 * Looks after executions that were placed in a pool whose workers have all gone: takes back those that a living pool can
 * run, and says of the others what they wait for.
 * @returns whether anything was taken back, so that it should be placed now
 */
export async function rescueStranded(sql: Sql, board: PoolBoard): Promise<boolean> {
  let taken = 0;
  for (const { name, workers, load } of board.pools) {
    if (workers > 0 || load === 0) continue;
    const stranded = await scheduledExecutions(sql, name, { limit: most });
    const { movable = [], staying = [] } = Object.groupBy(stranded, ({ requirement }) =>
      board.hasLivePool(requirement) ? 'movable' : 'staying',
    );
    const reason = `pool ${name} has no worker online`;
    if (movable.length > 0)
      await unplaceExecutions(
        sql,
        movable.map((notice) => ({ ...notice, reason })),
      );
    if (staying.length > 0)
      await setWaitingReasons(
        sql,
        staying.map(({ execution }) => ({ execution, reason })),
      );
    taken += movable.length;
  }
  return taken > 0;
}
