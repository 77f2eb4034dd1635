import { setTimeout as delay } from 'node:timers/promises';
import type { Attempt } from '../../contract/worker.ts';
import { backoffDelay } from '../../shared/backoff.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Link } from '../link/link.ts';
import type { ChunkSink } from './output/flusher.ts';

export interface LogSinkOptions {
  readonly attempt: Attempt;
  readonly link: Pick<Link, 'appendLogs'>;
  readonly logger: Logger;
  readonly onFenced: () => void;
}

const backoff = { first: 100, most: 5000 };

/**
 * Stores the chunks of one attempt while it runs. While the control plane is away it holds them and tries again: the process then feels its
 * full pipe. Once the attempt is fenced off, chunks go nowhere.
 */
export function createLogSink({ attempt, link, logger, onFenced }: LogSinkOptions): ChunkSink {
  let fenced = false;
  return async (chunks) => {
    for (let tries = 0; !fenced; tries += 1) {
      try {
        if ((await link.appendLogs(attempt, chunks)) === 'accepted') return;
        fenced = true;
        onFenced();
      } catch (error) {
        const reason = describeError(error);
        if (error instanceof AttuneError && !error.retryable) {
          logger.error({ ...attempt, reason }, 'log could not be stored');
          return;
        }
        logger.warn({ ...attempt, reason }, 'log not stored, trying again');
        await delay(backoffDelay(tries, backoff));
      }
    }
  };
}
