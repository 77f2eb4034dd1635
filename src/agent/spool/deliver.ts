import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay } from '../../shared/backoff.ts';
import { AttuneError, describeError, isFinal } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { failedBeforeStart } from '../execute/result/failed-before-start.ts';
import type { Link, Verdict } from '../link/link.ts';
import { createSpool, type Spool, type Undelivered } from './spool.ts';

const backoff = { first: 200, most: 3000 };
/** An answer that takes longer may never come: a network can lose a connection without a word. */
const slowMilliseconds = 2000;

export interface Delivery {
  readonly link: Pick<Link, 'finish'>;
  readonly spool: Spool;
  readonly logger: Logger;
  /** Aborted by `leave`. */
  readonly signal: AbortSignal;
  /** The agent leaves: what is in the spool waits for the next one. */
  readonly leave: () => void;
}

/**
 * @param options.directory where what can't be delivered waits
 * @param options.distrusted the user of executions, where that is not ours
 */
export function createDelivery(
  options: Pick<Delivery, 'link' | 'logger'> & {
    readonly directory: string;
    readonly distrusted?: number | undefined;
  },
): Delivery {
  const { link, logger, directory, distrusted } = options;
  const leaving = new AbortController();
  return {
    link,
    logger,
    spool: createSpool(directory, logger, distrusted),
    signal: leaving.signal,
    leave: () => leaving.abort(),
  };
}

/**
 * Stores the end of an attempt, however long that takes: after the first failure, or when an answer is slow, it is
 * on disk as well.
 * An end that the control plane can never take is replaced by a failure that says so, without the log's last bytes.
 * @returns `accepted` or `fenced` when the control plane has answered, `spooled` when the agent left before
 */
export async function deliver(undelivered: Undelivered, delivery: Delivery): Promise<Verdict | 'spooled'> {
  try {
    return await tryUntilStored(undelivered, delivery);
  } catch (error) {
    delivery.logger.error({ ...undelivered.attempt, reason: describeError(error) }, 'result refused');
    const message = `The control plane could not store the result: ${describeError(error)}`;
    const outcome = failedBeforeStart(new AttuneError('result_refused', message, { cause: error }));
    return tryUntilStored({ attempt: undelivered.attempt, outcome, chunks: [] }, delivery);
  }
}

/** @throws AttuneError when the control plane can never take this end */
async function tryUntilStored(undelivered: Undelivered, delivery: Delivery): Promise<Verdict | 'spooled'> {
  const { link, spool, logger, signal } = delivery;
  let spooled: Promise<boolean> | undefined;
  const keep = () => (spooled ??= keepSafely(undelivered, delivery));
  for (let attempt = 0; ; attempt += 1) {
    const slow = setTimeout(() => void keep(), slowMilliseconds);
    try {
      const verdict = await link.finish(undelivered.attempt, undelivered.outcome, undelivered.chunks);
      if (await spooled) await spool.forget(undelivered.attempt);
      return verdict;
    } catch (error) {
      if (isRefusal(error)) throw error;
      logger.warn(
        { ...undelivered.attempt, reason: describeError(error) },
        'result not delivered, trying again',
      );
      if (!(await keep())) spooled = undefined;
      if (signal.aborted) return 'spooled';
      await delay(backoffDelay(attempt, backoff), undefined, { signal }).catch(() => undefined);
    } finally {
      clearTimeout(slow);
    }
  }
}

/** Whether the end itself can't be stored. What is wrong with the way there, like a password that was changed, somebody may mend. */
function isRefusal(error: unknown): boolean {
  return isFinal(error) && error.code === 'database_error';
}

async function keepSafely(undelivered: Undelivered, { spool, logger }: Delivery): Promise<boolean> {
  try {
    await spool.keep(undelivered);
    return true;
  } catch (error) {
    logger.error(
      { ...undelivered.attempt, reason: describeError(error) },
      'result could not be spooled either',
    );
    return false;
  }
}
