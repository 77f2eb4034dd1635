import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../environments/build/leftovers.ts';
import { usedMarkerOf } from '../environments/places.ts';
import { packsIn } from '../environments/stored/inventory.ts';
import { isInUse, lastUseOf } from '../environments/stored/last-use.ts';
import type { Bounds } from '../environments/stored/prune.ts';
import { sizeOf } from '../environments/stored/size.ts';
import { readVolumeClock } from '../environments/stored/volume-clock.ts';
import { besides, trashPrefix } from './discard.ts';

interface CachedPack {
  readonly folder: string;
  readonly bytes: number;
  readonly lastUse: number;
}

/**
 * Removes the packs that nobody has used for long, and those used longest ago where all together are too large; never one in use. Also what agents that were
 * killed have left. Several may do it at the same time.
 * @throws errors of the file system where nothing can be written
 */
export async function pruneCache(directory: string, bounds: Bounds): Promise<void> {
  const homes = (await packsIn(directory)).map((ref) => join(directory, ref));
  if (homes.length === 0) return;
  const now = await readVolumeClock(directory);
  for (const home of homes) await removeOrphans(home, now);
  const cached = (await Promise.all(homes.map(packsAt))).flat();
  const { mostAge = Number.POSITIVE_INFINITY, mostBytes = Number.POSITIVE_INFINITY } = bounds;
  let total = cached.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const pack of cached.toSorted((a, b) => a.lastUse - b.lastUse)) {
    if (now - pack.lastUse <= mostAge * 1000 && total <= mostBytes) continue;
    if (await remove(pack.folder, now)) total -= pack.bytes;
  }
}

async function packsAt(home: string): Promise<CachedPack[]> {
  const folders = (await namesIn(home)).filter((name) => /^[0-9a-f]+$/.test(name));
  return Promise.all(
    folders.map(async (name) => {
      const folder = join(home, name);
      return { folder, bytes: await sizeOf(folder), lastUse: await lastUseOf(folder) };
    }),
  );
}

/** Hidden first and looked at then: whoever takes it marks it first and looks then. One of the two sees the other. */
async function remove(folder: string, now: number): Promise<boolean> {
  if (await isInUse(folder, now)) return false;
  const trash = besides(folder, trashPrefix);
  if (
    !(await rename(folder, trash).then(
      () => true,
      () => false,
    ))
  )
    return false;
  if (await isInUse(folder, now)) {
    await rename(trash, folder).catch(() => undefined);
    return false;
  }
  await rm(usedMarkerOf(folder), { force: true });
  await removeTree(trash);
  return true;
}

/** What was being unpacked or removed, by agents that say no more that they live. */
async function removeOrphans(home: string, now: number): Promise<void> {
  for (const name of await namesIn(home)) {
    if (!name.startsWith('.') || (await isInUse(join(home, name.replace(/\.used$/, '')), now))) continue;
    await removeTree(join(home, name));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
