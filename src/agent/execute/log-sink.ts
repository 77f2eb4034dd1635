import { setTimeout as delay } from 'node:timers/promises';
import type { LogChunk } from '../../contract/outcome.ts';
import type { Attempt } from '../../contract/worker.ts';
import { backoffDelay } from '../../shared/backoff.ts';
import { describeError, isFinal } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Link } from '../link/link.ts';
import type { ChunkSink } from './output/flusher.ts';

export interface LogSinkOptions {
  readonly attempt: Attempt;
  readonly link: Pick<Link, 'appendLogs'>;
  readonly logger: Logger;
  readonly onFenced: () => void;
  /** Any of them ends the patience: what can't be stored now is kept for the terminal state, which is spooled where need be. */
  readonly signals: readonly AbortSignal[];
}

export interface LogSink {
  readonly store: ChunkSink;
  /** The chunks that were not stored when the patience ended, in order. */
  readonly unsent: readonly LogChunk[];
}

const backoff = { first: 100, most: 2000 };

/**
 * Stores the chunks of one attempt while it runs. While the control plane is away it holds them and tries again: the process then feels its
 * full pipe. Once the attempt is fenced off, chunks go nowhere.
 */
export function createLogSink({ attempt, link, logger, onFenced, signals }: LogSinkOptions): LogSink {
  let fenced = false;
  const unsent: LogChunk[] = [];
  async function store(chunks: readonly LogChunk[]): Promise<void> {
    for (let tries = 0; !fenced; tries += 1) {
      if (unsent.length > 0) return void unsent.push(...chunks);
      try {
        if ((await link.appendLogs(attempt, chunks)) === 'accepted') return;
        fenced = true;
        onFenced();
      } catch (error) {
        const reason = describeError(error);
        if (isFinal(error)) {
          logger.error({ ...attempt, reason }, 'log could not be stored');
          return;
        }
        if (signals.some(({ aborted }) => aborted)) return void unsent.push(...chunks);
        logger.warn({ ...attempt, reason }, 'log not stored, trying again');
        const signal = AbortSignal.any([...signals]);
        await delay(backoffDelay(tries, backoff), undefined, { signal }).catch(() => undefined);
      }
    }
  }
  return { store, unsent };
}
