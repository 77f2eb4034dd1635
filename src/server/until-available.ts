import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay } from '../shared/backoff.ts';
import { AttuneError, describeError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';

const backoff = { first: 100, most: 2000 };

/** One line this often says what is waited for, in milliseconds. */
const lineInterval = 5000;

interface Patience {
  /** What is waited for, for the log. */
  readonly name: string;
  readonly seconds: number;
  readonly logger: Logger;
}

/**
 * Tries until it works, as containers start in any order. What can't pass by itself (wrong credentials) fails at once.
 * @throws the last error when the time is over
 */
export async function untilAvailable<Result>(
  attempt: () => Promise<Result>,
  { name, seconds, logger }: Patience,
): Promise<Result> {
  const deadline = performance.now() + seconds * 1000;
  let nextLine = 0;
  for (let tries = 0; ; tries += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      return await attempt();
    } catch (error) {
      const now = performance.now();
      if (!(error instanceof AttuneError) || !error.retryable || now > deadline) throw error;
      if (now >= nextLine) {
        const secondsLeft = Math.round((deadline - now) / 1000);
        logger.warn({ secondsLeft, reason: describeError(error) }, `waiting for ${name}`);
        nextLine = now + lineInterval;
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(backoffDelay(tries, backoff));
  }
}
