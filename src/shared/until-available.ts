import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay } from './backoff.ts';
import { AttuneError } from './errors.ts';
import type { Logger } from './logger.ts';

export interface Patience {
  /** What is waited for, for people. */
  readonly name: string;
  /** How long. */
  readonly seconds: number;
  /** The setting that changes how long. */
  readonly setting: string;
  readonly logger: Logger;
  /** Ends the waiting, also while a try is under way. */
  readonly signal?: AbortSignal;
}

const backoff = { first: 100, most: 2000 };
/** Milliseconds between two lines that say what is still waited for, while that is the same. */
const lineInterval = 5000;

/**
 * Tries until it works, because programs that need each other start in any order. Says every few seconds what it waits for.
 * @throws AttuneError at once what no waiting can mend (wrong credentials); `connect_timeout` when the time is over; the
 * signal's reason as soon as it is aborted
 */
export async function untilAvailable<Value>(
  attempt: () => Promise<Value>,
  patience: Patience,
): Promise<Value> {
  const { name, seconds, logger, signal } = patience;
  const stopped = signal === undefined ? new Promise<never>(() => undefined) : rejectWhenAborted(signal);
  const deadline = performance.now() + seconds * 1000;
  let said = { code: '', at: -Infinity };
  for (let tries = 0; ; tries += 1) {
    try {
      return await Promise.race([stopped, attempt()]);
    } catch (error) {
      const now = performance.now();
      if (!(error instanceof AttuneError) || !error.retryable) throw error;
      if (now >= deadline) throw timedOut(patience, error);
      if (error.code !== said.code || now - said.at >= lineInterval) {
        logger.warn({ code: error.code, reason: error.message }, `waiting for ${name}`);
        said = { code: error.code, at: now };
      }
      await Promise.race([stopped, delay(Math.min(backoffDelay(tries, backoff), deadline - now))]);
    }
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  // Nobody may be waiting when it comes.
  promise.catch(() => undefined);
  return promise;
}

function timedOut({ name, seconds, setting }: Patience, error: AttuneError): AttuneError {
  return new AttuneError(
    'connect_timeout',
    `Waited ${seconds} s for ${name}: ${error.message}. Start it, or raise ${setting}`,
    { cause: error },
  );
}
