import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeTree } from '../environments/build/leftovers.ts';
import { usedMarkerOf } from '../environments/places.ts';

/** What is being unpacked, and what is being removed: beside the packs, as what is read-only can't be moved to another folder. */
export const incomingPrefix = '.incoming.';
export const trashPrefix = '.trash.';

/** A path beside what it is for, that nobody else has. */
export function besides(folder: string, prefix: string): string {
  return join(dirname(folder), `${prefix}${randomBytes(6).toString('hex')}`);
}

/** Removes a folder of the cache. It is out of everybody's way at once. */
export async function discard(folder: string): Promise<void> {
  const trash = besides(folder, trashPrefix);
  try {
    await rename(folder, trash);
  } catch {
    // Somebody else has removed it.
    return;
  }
  await rm(usedMarkerOf(folder), { force: true });
  await removeTree(trash);
}
