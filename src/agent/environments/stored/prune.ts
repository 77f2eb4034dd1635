import { rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import { discard } from '../build/leftovers.ts';
import { buildsFolder, linkOf } from '../places.ts';
import { listEnvironments, type StoredEnvironment } from './inventory.ts';
import { isInUse } from './last-use.ts';
import { removeOrphans } from './orphans.ts';
import { readVolumeClock } from './volume-clock.ts';

/** What may stay. */
export interface Bounds {
  /** Seconds since the last use; none: for ever. */
  readonly mostAge: number | undefined;
  /** Bytes of all environments together; none: any number. */
  readonly mostBytes: number | undefined;
}

/**
 * Removes the environments that nobody has used for long, and those used longest ago where all together are too large; never one in use. Also what builders
 * that were killed have left. Several may do it at the same time.
 * @returns what was removed
 * @throws AttuneError `environments_unwritable`
 */
export async function pruneEnvironments(root: string, bounds: Bounds): Promise<StoredEnvironment[]> {
  const now = await clockOf(root);
  await removeOrphans(root, now);
  const stored = await listEnvironments(root);
  const removed: StoredEnvironment[] = [];
  let total = stored.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const environment of stored.toSorted((a, b) => a.lastUse - b.lastUse)) {
    if (!isTooMuch({ total, age: now - environment.lastUse }, bounds) || !(await remove(environment, now)))
      continue;
    removed.push(environment);
    total -= environment.bytes;
  }
  return removed;
}

function isTooMuch(
  { total, age }: { readonly total: number; readonly age: number },
  { mostAge = Number.POSITIVE_INFINITY, mostBytes = Number.POSITIVE_INFINITY }: Bounds,
): boolean {
  return age > mostAge * 1000 || total > mostBytes;
}

/** Hidden first and looked at then: whoever takes it marks it first and looks then. One of the two sees the other. */
async function remove(environment: StoredEnvironment, now: number): Promise<boolean> {
  const { folder } = environment;
  if (await isInUse(folder, now)) return false;
  try {
    await rm(linkOf(environment), { force: true });
  } catch {
    // Of another user, who has to do it.
    return false;
  }
  if (await isInUse(folder, now)) {
    await symlink(join(buildsFolder, basename(folder)), linkOf(environment)).catch(() => undefined);
    return false;
  }
  await discard(environment, folder).catch(() => undefined);
  return true;
}

async function clockOf(root: string): Promise<number> {
  try {
    return await readVolumeClock(root);
  } catch (error) {
    throw new AttuneError(
      'environments_unwritable',
      `Nothing can be removed from ${root}: ${describeError(error)}`,
      { cause: error },
    );
  }
}
