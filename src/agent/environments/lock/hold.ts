import type { AttuneError } from '../../../shared/errors.ts';
import type { LockTiming } from './holder-watch.ts';
import { readHighest, removeLockFiles, rewriteLockFile, type LockNote, type LockPlace } from './lock-file.ts';

/** A lock that is ours. One of the two ends is to be called, once; neither rejects: what can't be written is taken for dead soon. */
export interface Hold {
  /** Aborted when somebody else has taken the lock, because we were silent for too long. */
  readonly lost: AbortSignal;
  /** Looks now, not only every second. */
  isLost(): Promise<boolean>;
  release(): Promise<void>;
  /** Leaves the error to those that wait. */
  fail(error: Pick<AttuneError, 'code' | 'message'>): Promise<void>;
}

/** A file of a lock that we have made. */
interface OwnFile extends LockPlace {
  readonly number: number;
  readonly note: LockNote;
}

/** Keeps a lock by a file that was just made. */
export function keepHold({ note, number, ...place }: OwnFile, timing: Pick<LockTiming, 'beat'>): Hold {
  const lost = new AbortController();
  let counter = note.counter;

  /** Whose file is gone or overwritten, or who sees a higher number, has lost. A volume that fails for a moment says nothing. */
  async function isLost(): Promise<boolean> {
    const highest = await readHighest(place);
    const isOurs = highest?.number === number && (highest.note?.token ?? note.token) === note.token;
    if (!isOurs) lost.abort('lost');
    return lost.signal.aborted;
  }

  async function beat(): Promise<void> {
    if (await isLost()) return;
    counter += 1;
    await rewriteLockFile(place, number, { ...note, counter });
  }

  let beating = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating.then(() => (lost.signal.aborted ? undefined : beat())).catch(() => undefined);
  }, timing.beat);

  async function end(last: () => Promise<void>): Promise<void> {
    clearInterval(timer);
    await beating;
    try {
      if (!(await isLost())) await last();
    } catch {
      // The volume is gone, or is not ours to write any more.
    }
  }

  return {
    lost: lost.signal,
    isLost,
    release: () => end(() => removeLockFiles(place, number)),
    fail: ({ code, message }) =>
      end(() => rewriteLockFile(place, number, { ...note, counter, failure: { code, message } })),
  };
}
