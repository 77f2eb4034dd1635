import type { ExecutionState } from '../../contract/execution-state.ts';
import type { Queries } from '../connect.ts';

/**
 * The condition that an execution, which the statement finds by its id, is in one of the states. A plain comparison would let
 * the planner take the partial index of that state instead of the primary key: cheap by the statistics of a quiet moment, and
 * in a busy one a walk through the whole queue for each execution.
 */
export function inState(sql: Queries, ...states: readonly ExecutionState[]) {
  return sql`execution.state || '' IN (${sql.unsafe(states.map((state) => `'${state}'`).join(', '))})`;
}
