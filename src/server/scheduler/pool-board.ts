import type { Requirement } from '../../contract/capability.ts';
import { choosePool, type PoolState } from './choose.ts';
import { waitingReason } from './waiting-reason.ts';

export type Placement = { readonly pool: string } | { readonly waitingReason: string };

/**
 * What one server knows of all pools, read from the database again and again. Between two readings it counts what it
 * placed itself, so that a burst spreads over pools. A stale view costs balance, never correctness.
 */
export class PoolBoard {
  readonly #read: () => Promise<PoolState[]>;
  #pools: PoolState[] = [];
  #known = false;

  constructor(read: () => Promise<PoolState[]>) {
    this.#read = read;
  }

  get pools(): readonly PoolState[] {
    return this.#pools;
  }

  async refresh(): Promise<void> {
    this.#pools = await this.#read();
    this.#known = true;
  }

  /** Whether a pool with a worker that takes work can run this. */
  hasLivePool(requirement: Requirement): boolean {
    return (choosePool(requirement, this.#pools)?.workers ?? 0) > 0;
  }

  /** Chooses a pool, or says why an execution has to wait. */
  place(requirement: Requirement): Placement {
    const pool = choosePool(requirement, this.#pools);
    if (pool === undefined) {
      return {
        waitingReason: this.#known ? waitingReason(requirement, this.#pools) : 'the scheduler is starting',
      };
    }
    this.#pools = this.#pools.map((other) => (other === pool ? { ...pool, load: pool.load + 1 } : other));
    return { pool: pool.name };
  }
}
