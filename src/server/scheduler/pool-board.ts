import type { Requirement } from '../../contract/capability.ts';
import type { RuntimeAliases } from '../../contract/runtime-aliases.ts';
import { resolveRequirement } from '../executions/requirement.ts';
import { choosePool, type PoolState } from './choose.ts';
import { waitingReason } from './waiting-reason.ts';

export type Placement = { readonly pool: string } | { readonly waitingReason: string };

/** Where the board reads what is stored. */
export interface BoardSource {
  pools(): Promise<PoolState[]>;
  aliases(): Promise<RuntimeAliases>;
}

/**
 * What one server knows of all pools, read from the database again and again. Between two readings it counts what it
 * placed itself, so that a burst spreads over pools. A stale view costs balance, never correctness.
 */
export class PoolBoard {
  readonly #source: BoardSource;
  #pools: PoolState[] = [];
  #aliases: RuntimeAliases = new Map();
  #known = false;

  constructor(source: BoardSource) {
    this.#source = source;
  }

  get pools(): readonly PoolState[] {
    return this.#pools;
  }

  async refresh(): Promise<void> {
    [this.#pools, this.#aliases] = await Promise.all([this.#source.pools(), this.#source.aliases()]);
    this.#known = true;
  }

  /** Whether a pool with a worker that takes work can run this. */
  hasLivePool(requirement: Requirement): boolean {
    return (choosePool(this.#resolve(requirement), this.#pools)?.workers ?? 0) > 0;
  }

  /**
   * Whether an execution waits, or is in a pool without workers, that a pool can take by now: it was placed by what was known before, and
   * stored after the last look at what waits.
   * @param pool where it was placed; null where it waits
   */
  isMisplaced(requirement: Requirement, pool: string | null): boolean {
    const own = this.#pools.find(({ name }) => name === pool);
    if (own !== undefined && own.workers > 0) return false;
    const best = choosePool(this.#resolve(requirement), this.#pools);
    return best !== undefined && (pool === null || best.workers > 0);
  }

  /** Chooses a pool, or says why an execution has to wait. */
  place(asked: Requirement): Placement {
    const requirement = this.#resolve(asked);
    const pool = choosePool(requirement, this.#pools);
    if (pool === undefined) {
      return {
        waitingReason: this.#known ? waitingReason(requirement, this.#pools) : 'the scheduler is starting',
      };
    }
    this.#pools = this.#pools.map((other) => (other === pool ? { ...pool, load: pool.load + 1 } : other));
    return { pool: pool.name };
  }

  /** A runtime may have got another name since the execution was requested. */
  #resolve(requirement: Requirement): Requirement {
    return resolveRequirement(requirement, this.#aliases);
  }
}
