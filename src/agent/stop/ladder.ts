import type { Logger } from '../../shared/logger.ts';

/** How far a stop has gone; each signal is aborted when its rung is reached. */
export interface StopLadder {
  /** Stop taking work and let what runs go on for a while. */
  readonly drain: AbortSignal;
  /** End what runs, now. */
  readonly cancel: AbortSignal;
  /** Leave at once. */
  readonly exit: AbortSignal;
  /** Climbs one rung: to be called for every TERM or INT that arrives. */
  readonly climb: (signal: string) => void;
}

/** The ladder of signals: a first one drains, a second cancels, a third exits. */
export function createStopLadder(logger: Logger): StopLadder {
  const [drain, cancel, exit] = [new AbortController(), new AbortController(), new AbortController()];
  const rungs = [
    { rung: drain, says: 'stopping: executions may finish; a second signal cancels them' },
    { rung: cancel, says: 'cancelling executions; a third signal exits at once' },
    { rung: exit, says: 'exiting at once' },
  ];
  return {
    drain: drain.signal,
    cancel: cancel.signal,
    exit: exit.signal,
    climb(signal) {
      const next = rungs.shift();
      if (next === undefined) return;
      logger.info({ signal }, next.says);
      next.rung.abort();
    },
  };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
