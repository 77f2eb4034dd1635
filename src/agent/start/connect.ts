import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay } from '../../shared/backoff.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

export interface ConnectOptions {
  /** Seconds after which waiting ends with the last error. */
  readonly timeout: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const backoff = { first: 100, most: 2000 };
/** Milliseconds between two lines that say what is still waited for, while that is the same. */
const sayEvery = 5000;

/**
 * Tries until it works, because servers may come up after the agent does. Says every few seconds what it waits for.
 * @throws AttuneError at once when no waiting can help (wrong credentials), `connect_timeout` when the time is over,
 * the signal's reason as soon as it is aborted, also while a try is under way
 */
export async function connectPatiently<Value>(
  connect: () => Promise<Value>,
  options: ConnectOptions,
): Promise<Value> {
  const { timeout, logger, signal } = options;
  const stopped = rejectWhenAborted(signal);
  const deadline = performance.now() + timeout * 1000;
  let said = { code: '', at: -Infinity };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await Promise.race([stopped, connect()]);
    } catch (error) {
      if (!(error instanceof AttuneError) || !error.retryable) throw error;
      const now = performance.now();
      if (now >= deadline) throw timedOut(timeout, error);
      if (error.code !== said.code || now - said.at >= sayEvery) {
        said = { code: error.code, at: now };
        logger.warn({ code: error.code, reason: error.message }, 'waiting for the control plane');
      }
      await delay(Math.min(backoffDelay(attempt, backoff), deadline - now), undefined, { signal });
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

function timedOut(timeout: number, error: AttuneError): AttuneError {
  return new AttuneError(
    'connect_timeout',
    `The control plane could not be reached for ${timeout} s: ${describeError(error)}. Start it, or raise ATTUNE_AGENT_CONNECT_TIMEOUT`,
    { cause: error },
  );
}
