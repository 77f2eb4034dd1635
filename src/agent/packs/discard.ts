import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { removeBy } from '../environments/build/leftovers.ts';

/** What is being unpacked, and what is being removed: beside the packs, as what is read-only can't be moved to another folder. */
export const incomingPrefix = '.incoming.';
export const trashPrefix = '.trash.';

/** A path beside what it is for, that nobody else has. */
export function besides(folder: string, prefix: string): string {
  return join(dirname(folder), `${prefix}${randomBytes(6).toString('hex')}`);
}

/** Removes a folder of the cache. */
export function discard(folder: string): Promise<void> {
  return removeBy(folder, besides(folder, trashPrefix));
}
