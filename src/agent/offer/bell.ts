import { once } from 'node:events';

/** Tells somebody who is busy now and then that there is something to look at: once, however often it was rung meanwhile. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves when it was rung since the last time, or when the signal is aborted. */
  rung(signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let next = Promise.withResolvers<void>();
  return {
    ring: () => next.resolve(),
    async rung(signal) {
      if (signal.aborted) return;
      const over = new AbortController();
      await Promise.race([
        next.promise,
        once(signal, 'abort', { signal: over.signal }).catch(() => undefined),
      ]);
      over.abort();
      next = Promise.withResolvers();
    },
  };
}
