import { randomBytes } from 'node:crypto';
import { chmod, lstat, readdir, readlink, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildsOf, linkOf, lockPrefix, trashPrefix, type Place } from '../places.ts';

/** Removes what earlier builds of the same environment left. To be called by the holder of its lock only. */
export async function removeLeftovers(place: Place): Promise<void> {
  const linked = await readlink(linkOf(place)).then(basename, () => undefined);
  const names = await readdir(buildsOf(place));
  const left = names.filter(
    (name) =>
      name.startsWith(`${place.hash}.`) &&
      !name.startsWith(lockPrefix(place)) &&
      (linked === undefined || !name.startsWith(linked)),
  );
  for (const name of left) await discard(place, join(buildsOf(place), name));
}

/** Removes a build. It is out of everybody's way at once: whoever still works in it can't make it visible any more. */
export async function discard(place: Place, folder: string): Promise<void> {
  const trash = join(buildsOf(place), `${trashPrefix(place)}${randomBytes(6).toString('hex')}`);
  try {
    await rename(folder, trash);
  } catch {
    // Somebody else has removed it.
    return;
  }
  await removeTree(trash);
}

/** What is read-only for its owner, as an installed environment, has to be made writable before. */
async function removeTree(path: string): Promise<void> {
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
