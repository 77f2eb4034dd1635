import { backoffDelay } from '../../shared/backoff.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { pause } from '../repeat.ts';
import type { Subscription, SubscriptionOptions } from '../road.ts';

/** A notification may be lost; this is how long its execution then waits at the most. */
const pollMilliseconds = { least: 1000, most: 2000 };
const claimBackoff = { first: 100, most: 2000 };

/** Claims from the table of executions when woken, when a slot is freed for what may wait, and now and then. One claim at a time. */
export class PostgresSubscription<Claimed> implements Subscription {
  readonly #options: SubscriptionOptions<Claimed>;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #free: number;
  #paused = false;
  /** Set by every wake, cleared before a claim: what is stored while a claim runs is found by the next one. */
  #woken = false;
  #running: Promise<void> | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(options: SubscriptionOptions<Claimed>, logger: Logger) {
    this.#options = options;
    this.#logger = logger.child({ pool: options.pool });
    this.#free = options.slots - options.occupied;
    this.#schedulePoll();
  }

  /** There may be something to claim. */
  wake(): void {
    this.#woken = true;
    this.#run();
  }

  vacate(): void {
    this.#free += 1;
    this.#run();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#poll);
    await this.#running;
  }

  #run(): void {
    if (this.#wanted()) this.#running ??= this.#claimAll().then(() => this.#rest());
  }

  /** A wake may have come after the last look of `#claimAll` and before this. */
  #rest(): void {
    this.#running = undefined;
    this.#run();
  }

  #wanted(): boolean {
    return this.#woken && this.#free > 0 && !this.#paused && !this.#stopping.signal.aborted;
  }

  async #claimAll(): Promise<void> {
    let failures = 0;
    while (this.#wanted()) {
      this.#woken = false;
      try {
        await this.#claim();
        failures = 0;
      } catch (error) {
        this.#logger.warn({ reason: describeError(error) }, 'claim failed, trying again');
        this.#woken = true;
        await pause(backoffDelay(failures, claimBackoff), this.#stopping.signal);
        failures += 1;
      }
    }
  }

  async #claim(): Promise<void> {
    const { claims, pool } = this.#options;
    const { claimed, more } = await claims.claimNext(pool, this.#free);
    this.#woken ||= more;
    this.#free -= claimed.length;
    for (const one of claimed) this.#options.onWork({ claimed: one, settle: this.#settler() });
  }

  #settler(): () => Promise<void> {
    let settled = false;
    return () => {
      if (!settled) this.vacate();
      settled = true;
      return Promise.resolve();
    };
  }

  #schedulePoll(): void {
    const { least, most } = pollMilliseconds;
    this.#poll = setTimeout(
      () => {
        this.wake();
        this.#schedulePoll();
      },
      least + Math.random() * (most - least),
    );
  }
}
