import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay, type Backoff } from '../shared/backoff.ts';

export interface RepeatOptions {
  /** Ends it: no new session starts, and a pause is cut short. */
  readonly signal: AbortSignal;
  readonly backoff: Backoff;
  /** Called with the reason each time a session failed. */
  readonly onFailure: (error: unknown) => void;
}

/** Runs a session again whenever it ends or fails, with growing pauses while it fails, until the signal ends it. */
export async function repeat(
  session: () => Promise<void>,
  { signal, backoff, onFailure }: RepeatOptions,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await session();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!signal.aborted) onFailure(error);
    }
    await pause(backoffDelay(failures, backoff), signal);
  }
}

/** Waits, or until the signal is aborted. Never rejects. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
