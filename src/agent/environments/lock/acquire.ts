import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AttuneError } from '../../../shared/errors.ts';
import { HolderWatch, type LockTiming } from './holder-watch.ts';
import { keepHold, type Hold } from './hold.ts';
import {
  createLockFile,
  readHighest,
  removeLockFiles,
  type LockFile,
  type LockNote,
  type LockPlace,
} from './lock-file.ts';

export interface Acquisition {
  /** Our name, for those who wait. */
  readonly holder: string;
  /** Whether what the lock is for has been done meanwhile, by somebody else. */
  readonly isDone: () => boolean;
  /** Hears of the holder at each look. */
  readonly onWait: (holder: LockNote | undefined) => void;
  readonly signal: AbortSignal;
  readonly timing: LockTiming;
}

/**
 * Takes a lock between all processes that share the folder, in whatever containers. Its holder is who made the file of the highest number, and
 * shows that it lives by a counter in it; whoever has seen that unchanged for 5 s (`timing`) makes the next number.
 * @returns `undefined` when what it is for was done by another
 * @throws the error of the holder that was waited for, where it failed; the reason of the signal; errors of the file system
 */
export async function acquire(place: LockPlace, acquisition: Acquisition): Promise<Hold | undefined> {
  const { isDone, onWait, signal, timing } = acquisition;
  const watch = new HolderWatch(timing, () => performance.now());
  for (;;) {
    signal.throwIfAborted();
    if (isDone()) return undefined;
    const highest = await readHighest(place);
    const waitedFor = watch.seen?.number === highest?.number;
    const failure = highest?.note?.failure;
    if (failure && waitedFor) throw new AttuneError(failure.code, failure.message);
    if (highest === undefined || failure || watch.look(highest)) {
      const hold = await tryToTake(place, highest, acquisition);
      if (hold === undefined) continue;
      if (!isDone()) return hold;
      await hold.release();
      return undefined;
    }
    onWait(highest.note);
    await delay(timing.look, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function tryToTake(
  place: LockPlace,
  highest: LockFile | undefined,
  { holder, timing }: Acquisition,
): Promise<Hold | undefined> {
  const number = (highest?.number ?? 0) + 1;
  const token = randomBytes(8).toString('hex');
  const note = { token, holder, since: new Date().toISOString(), counter: 0, failure: null };
  if (!(await createLockFile(place, number, note))) return undefined;
  await removeLockFiles(place, number - 1);
  const hold = keepHold({ ...place, number, note }, timing);
  if (!(await hold.isLost())) return hold;
  await hold.release();
  return undefined;
}
