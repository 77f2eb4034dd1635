import type { Capabilities, Requirement } from '../../contract/capability.ts';
import { lacking } from './match.ts';

/** A pool as the scheduler sees it. `slots` and `workers` count those that are online and not cordoned. */
export interface PoolState {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly slots: number;
  readonly workers: number;
  /** Executions that are scheduled to it or run in it. */
  readonly load: number;
}

/**
 * The pool that an execution goes to, or `undefined` where none can take it: of those that satisfy the requirement the
 * ones with a live worker first, then those that are made for nothing special, then those with a free slot, then the fewest runtimes that it
 * doesn't need, then the least load per slot.
 */
export function choosePool(requirement: Requirement, pools: readonly PoolState[]): PoolState | undefined {
  return pools
    .filter((pool) => lacking(requirement, pool.capabilities).length === 0)
    .toSorted((one, other) => compare(rank(requirement, one), rank(requirement, other)))
    .at(0);
}

function rank(requirement: Requirement, pool: PoolState): readonly number[] {
  return [
    pool.workers > 0 ? 0 : 1,
    pool.capabilities.gpus.length,
    Object.keys(pool.capabilities.labels).length - Object.keys(requirement.labels).length,
    pool.load < pool.slots ? 0 : 1,
    new Set(pool.capabilities.runtimes.map(({ name }) => name)).size,
    pool.load / Math.max(1, pool.slots),
  ];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? 0 : (one[place] ?? 0) - (other[place] ?? 0);
}
