import type { Claims, NextClaims, RoutedNotice, Work } from '../../../src/broker/road.ts';
import type { Road, Subscription } from '../../../src/broker/road.ts';
import type { Notice } from '../../../src/contract/notice.ts';

/** The table of executions in memory, with the store's promise: an execution is claimed once. */
export class Ledger implements Claims<Notice> {
  readonly #scheduled = new Map<number, RoutedNotice>();
  #last = 0;
  /** While set, every claim fails with it. */
  failure: Error | undefined;
  /** While set, every claim waits for it before it looks. */
  gate: Promise<void> | undefined;
  /** Claims under way. */
  claiming = 0;
  /** Hints that were refused. */
  refused = 0;

  /** Executions that wait to be claimed. */
  schedule(pool: string, count = 1): RoutedNotice[] {
    return Array.from({ length: count }, () => {
      this.#last += 1;
      const notice = { pool, execution: this.#last, epoch: 1 };
      this.#scheduled.set(notice.execution, notice);
      return notice;
    });
  }

  async claim(notices: readonly Notice[]): Promise<(Notice | undefined)[]> {
    await this.#roundTrip();
    const claimed = notices.map((notice) => this.#take(notice));
    this.refused += claimed.filter((notice) => notice === undefined).length;
    return claimed;
  }

  async claimNext(pool: string, count: number): Promise<NextClaims<Notice>> {
    await this.#roundTrip();
    const ready = [...this.#scheduled.values()].filter((notice) => notice.pool === pool);
    const claimed = ready.slice(0, count).flatMap((notice) => this.#take(notice) ?? []);
    return { claimed, more: ready.length > count };
  }

  #take({ execution, epoch }: Notice): Notice | undefined {
    const found = this.#scheduled.get(execution);
    if (found?.epoch !== epoch) return undefined;
    this.#scheduled.delete(execution);
    return { execution, epoch };
  }

  async #roundTrip(): Promise<void> {
    this.claiming += 1;
    await new Promise((resolve) => setImmediate(resolve));
    await this.gate;
    this.claiming -= 1;
    if (this.failure !== undefined) throw this.failure;
  }
}

/** A worker of the tests: takes works, and settles them when told to. */
export class Worker {
  readonly works: Work<Notice>[] = [];
  /** Executions in the order in which they were handed out. */
  readonly taken: number[] = [];
  /** Most works that were unsettled at a time. */
  peak = 0;
  subscription: Subscription | undefined;

  async subscribe(
    road: Road,
    options: { pool: string; slots: number; occupied?: number; claims: Claims<Notice> },
  ): Promise<this> {
    this.subscription = await road.subscribe<Notice>({
      occupied: 0,
      ...options,
      onWork: (work) => {
        this.taken.push(work.claimed.execution);
        this.works.push(work);
        this.peak = Math.max(this.peak, this.works.length);
      },
    });
    return this;
  }

  /** Settles the oldest unsettled works. */
  async settle(count = this.works.length): Promise<void> {
    await Promise.all(this.works.splice(0, count).map((work) => work.settle()));
  }
}

/** The executions of notices, for comparing with what was taken. */
export function idsOf(notices: readonly Notice[]): number[] {
  return notices.map(({ execution }) => execution);
}
