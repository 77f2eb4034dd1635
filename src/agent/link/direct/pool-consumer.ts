import type { Subscription, Work } from '../../../broker/road.ts';
import type { Assignment } from '../../../contract/assignment.ts';
import type { Assigned, ConsumeOptions } from '../link.ts';

/** What a subscription to a pool needs, so that it takes no more than there are slots. */
export interface Stay {
  readonly pool: string;
  readonly slots: number;
  readonly occupied: number;
  onWork(work: Work<Assignment>): void;
}

export interface PoolConsumerOptions extends ConsumeOptions {
  readonly subscribe: (stay: Stay) => Promise<Subscription>;
  readonly onAssigned: (assigned: Assigned) => void;
}

/** A subscription, or one that is being made: slots that are freed meanwhile are told to it afterwards. */
interface Place {
  subscription: Subscription | undefined;
  vacated: number;
}

/**
 * Takes from one pool after another. Between two pools nothing is taken; what was taken keeps its slot until it is settled, whichever pool it
 * came from.
 */
export class PoolConsumer {
  readonly #options: PoolConsumerOptions;
  /** Slots that hold something. */
  #held: number;
  #place: Place | undefined;
  #arriving: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: PoolConsumerOptions) {
    this.#options = options;
    this.#held = options.occupied;
  }

  /** Takes from the pool; does nothing after `stop`. To be called first, and after `leave`. */
  async enter(pool: string): Promise<void> {
    if (this.#stopped) return;
    const place: Place = { subscription: undefined, vacated: 0 };
    this.#place = place;
    const arriving = this.#arrive(place, pool);
    this.#arriving = arriving.catch(() => undefined);
    await arriving;
  }

  /** Gives back what is not claimed. Resolves when nothing more comes of this pool. */
  async leave(): Promise<void> {
    await this.#arriving;
    const place = this.#place;
    this.#place = undefined;
    await place?.subscription?.stop();
  }

  /** A slot that was occupied from the start is free. */
  vacate(): void {
    this.#release(undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.leave();
  }

  async #arrive(place: Place, pool: string): Promise<void> {
    const { slots, subscribe } = this.#options;
    const onWork = (work: Work<Assignment>) => this.#hand(work, place);
    const subscription = await subscribe({ pool, slots, occupied: this.#held, onWork });
    place.subscription = subscription;
    for (; place.vacated > 0; place.vacated -= 1) subscription.vacate();
  }

  #hand(work: Work<Assignment>, from: Place): void {
    this.#held += 1;
    let settled = false;
    const settle = async () => {
      if (settled) return;
      settled = true;
      await work.settle();
      this.#release(from);
    };
    this.#options.onAssigned({ assignment: work.claimed, settle });
  }

  /** Its own subscription knows of a work's end; the one of now does not know of what came before it. */
  #release(from: Place | undefined): void {
    this.#held -= 1;
    const place = this.#place;
    if (place === undefined || place === from) return;
    if (place.subscription === undefined) place.vacated += 1;
    else place.subscription.vacate();
  }
}
