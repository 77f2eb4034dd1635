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

/** A GPU that idles under a shell job is the costliest surplus there is. */
const gpuSurplus = 100;

/**
 * The pool that an execution goes to, or `undefined` where none can take it: of those that satisfy the requirement the
 * ones with a live worker first, then the least surplus, then the least load per slot.
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
    surplus(requirement, pool.capabilities),
    pool.load / Math.max(1, pool.slots),
  ];
}

function surplus(requirement: Requirement, offered: Capabilities): number {
  const runtimes =
    new Set(offered.runtimes.map((runtime) => runtime.name)).size - Object.keys(requirement.runtimes).length;
  const labels = Object.keys(offered.labels).length - Object.keys(requirement.labels).length;
  return runtimes + labels + offered.gpus.length * gpuSurplus;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? 0 : (one[place] ?? 0) - (other[place] ?? 0);
}
