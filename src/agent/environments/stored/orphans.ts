import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeLeftovers } from '../build/leftovers.ts';
import { buildsOf } from '../places.ts';
import { packsIn } from './inventory.ts';

/** A builder writes once a second. */
const silentMilliseconds = 60_000;

/**
 * Removes what builders that were killed have left, and the errors of builds that failed.
 * @param root folder of all environments
 * @param now by the clock of its volume
 */
export async function removeOrphans(root: string, now: number): Promise<void> {
  for (const pack of await packsIn(root)) {
    const home = join(root, pack);
    for (const [hash, names] of await buildsByHash(home)) {
      const locks = names
        .filter((name) => name.startsWith(`${hash}.lock.`))
        .map((name) => join(buildsOf({ home }), name));
      if (await isAnyFresh(locks, now)) continue;
      try {
        await removeLeftovers({ home, hash });
        await Promise.all(locks.map((lock) => rm(lock, { force: true })));
      } catch {
        // Of another user, who has to do it.
      }
    }
  }
}

async function buildsByHash(home: string): Promise<Map<string, string[]>> {
  const names = await readdir(buildsOf({ home })).catch(() => []);
  return Map.groupBy(names, (name) => name.split('.')[0] ?? '');
}

async function isAnyFresh(locks: readonly string[], now: number): Promise<boolean> {
  const signs = await Promise.all(locks.map((lock) => stat(lock).catch(() => undefined)));
  return signs.some((facts) => facts !== undefined && now - facts.mtimeMs < silentMilliseconds);
}
