import type { Attempt } from '../../contract/worker.ts';
import type { Queries } from '../connect.ts';
import { inState } from './in-state.ts';

/**
 * An attempt, and the worker that writes for it. `undefined` only for what a dead agent left behind, delivered before there is a
 * worker again: then the epoch alone counts.
 */
export interface Writer extends Attempt {
  readonly worker: number | undefined;
}

/** The condition that an execution runs the writer's attempt, on the writer's worker: what a dead agent sent late is refused. */
export function isRunBy(sql: Queries, { execution, epoch, worker }: Writer) {
  return sql`
    id = ${execution} AND epoch = ${epoch} AND ${inState(sql, 'running', 'canceling')}
    ${worker === undefined ? sql`` : sql`AND worker = ${worker}`}`;
}
