import { lstat, stat } from 'node:fs/promises';
import { markMilliseconds } from '../use.ts';
import { usedMarkerOf } from '../places.ts';

/** Whoever uses an environment marks it once a minute; who has not for so long is gone. */
const usedMilliseconds = 5 * markMilliseconds;

/**
 * When an environment was used last, by the clock of its volume, in milliseconds since 1970; when it was built, where nobody could mark it.
 * @param folder of its build
 */
export async function lastUseOf(folder: string): Promise<number> {
  const marked = await stat(usedMarkerOf(folder)).catch(() => lstat(folder));
  return marked.mtimeMs;
}

/** @param now by the clock of the volume */
export async function isInUse(folder: string, now: number): Promise<boolean> {
  try {
    return now - (await stat(usedMarkerOf(folder))).mtimeMs < usedMilliseconds;
  } catch {
    return false;
  }
}
