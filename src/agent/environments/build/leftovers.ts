import { randomBytes } from 'node:crypto';
import { chmod, lstat, readdir, readlink, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildsOf, lockPrefix, trashPrefix, usedMarkerOf, type Place } from '../places.ts';

type Home = Pick<Place, 'home' | 'hash'>;

/** Removes what earlier builds of the same environment left. To be called by the holder of its lock, or where there is none. */
export async function removeLeftovers(place: Home): Promise<void> {
  const linked = await linkedIn(place.home);
  const names = await readdir(buildsOf(place));
  const left = names.filter(
    (name) =>
      name.startsWith(`${place.hash}.`) &&
      !name.startsWith(lockPrefix(place)) &&
      !linked.some((build) => name === build || name.startsWith(`${build}.`)),
  );
  for (const name of left) await discard(place, join(buildsOf(place), name));
}

/** The names of the builds that are visible. */
async function linkedIn(home: string): Promise<string[]> {
  const targets = await Promise.all(
    (await readdir(home)).map((name) => readlink(join(home, name)).catch(() => undefined)),
  );
  return targets.filter((target) => target !== undefined).map((target) => basename(target));
}

/** Removes a build. Whoever still works in it can't make it visible any more. */
export function discard(place: Home, folder: string): Promise<void> {
  return removeBy(folder, join(buildsOf(place), `${trashPrefix(place)}${randomBytes(6).toString('hex')}`));
}

/** Removes a folder that may be in use, with its mark of that. It is out of everybody's way at once, as `trash`, a new name in the same file system. */
export async function removeBy(folder: string, trash: string): Promise<void> {
  try {
    await rename(folder, trash);
  } catch {
    // Somebody else has removed it.
    return;
  }
  await rm(usedMarkerOf(folder), { force: true });
  await removeTree(trash);
}

/** What is read-only for its owner, as an installed environment, has to be made writable before. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await makeWritable(join(path, name));
}
