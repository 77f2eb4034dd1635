import type { RoutedNotice } from '../../broker/road.ts';
import type { Sql } from '../../store/connect.ts';
import { placeExecutions, requestedExecutions, setWaitingReasons } from '../../store/executions/schedule.ts';
import type { PoolBoard } from './pool-board.ts';

const pageSize = 500;

/**
 * Goes once through all executions that wait for a pool: places those that some pool can take now, and says of the others
 * why they wait. Several servers may do so at once: each placement is conditional, and only its winner gets the notice.
 */
export async function placeRequested(
  sql: Sql,
  board: PoolBoard,
  publish: (notices: readonly RoutedNotice[]) => Promise<void>,
): Promise<void> {
  let after = 0;
  for (;;) {
    const page = await requestedExecutions(sql, { after, limit: pageSize });
    await publish(await placePage(sql, board, page));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.execution;
  }
}

async function placePage(
  sql: Sql,
  board: PoolBoard,
  page: Awaited<ReturnType<typeof requestedExecutions>>,
): Promise<RoutedNotice[]> {
  const places: { execution: number; pool: string }[] = [];
  const reasons: { execution: number; reason: string }[] = [];
  for (const { execution, requirement } of page) {
    const placement = board.place(requirement);
    if ('pool' in placement) places.push({ execution, pool: placement.pool });
    else reasons.push({ execution, reason: placement.waitingReason });
  }
  if (reasons.length > 0) await setWaitingReasons(sql, reasons);
  return places.length > 0 ? placeExecutions(sql, places) : [];
}
