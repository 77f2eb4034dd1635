import type { Subscription } from '../../../broker/road.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';

export interface StandingOptions {
  /** Asks the control plane whether this worker may claim. */
  readonly ask: () => Promise<boolean>;
  readonly logger: Logger;
}

/**
 * Whether this worker may claim, as it was last heard. While it may not (it is cordoned, or was given up and does not know
 * yet), its subscription is paused, so that the hints go to workers who may.
 */
export class Standing {
  readonly #options: StandingOptions;
  #mayClaim = true;
  #subscription: Subscription | undefined;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** The subscription that is paused and resumed from now on. */
  govern(subscription: Subscription): void {
    this.#subscription = subscription;
    if (!this.#mayClaim) subscription.pause();
  }

  hear(mayClaim: boolean): void {
    if (mayClaim === this.#mayClaim) return;
    this.#mayClaim = mayClaim;
    this.#options.logger.info(
      mayClaim ? 'taking work again' : 'taking no work: this worker is cordoned, or was given up',
    );
    if (mayClaim) this.#subscription?.resume();
    else this.#subscription?.pause();
  }

  /**
   * Finds out whether a refusal was meant for the hints or for this worker.
   * @throws AttuneError `worker_cordoned` (retryable) where it may not claim: its hints are for others
   */
  async check(): Promise<void> {
    await this.#refresh();
    if (this.#mayClaim) return;
    throw new AttuneError(
      'worker_cordoned',
      'This worker is cordoned, or was given up: others take its work',
      {
        retryable: true,
      },
    );
  }

  /** Workers have changed: may be that this one was uncordoned. What is not heard now is heard by the next heartbeat. */
  reconsider(): void {
    if (!this.#mayClaim) void this.#refresh().catch(() => undefined);
  }

  async #refresh(): Promise<void> {
    this.hear(await this.#options.ask());
  }
}
