import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { versionName, versionsFolder } from '../../packs/version-folder.ts';
import { incomingFolder } from './install-pack.ts';

/** Seconds. What is younger may be about to be registered, or its registration stored. */
const youngest = 3600;
/** Seconds. What has another name than that of a digest was made by hand, and something may run in it: an execution takes a week at most. */
const handmade = 8 * 86_400;

/**
 * Removes the versions of packs that are neither current nor kept, and what a server that died has left. Files of a version go when
 * its revision has gone.
 * @param keptDigests those of all revisions of a pack that are kept
 * @param now in milliseconds since 1970
 */
export async function pruneVersions(
  baseFolder: string,
  keptDigests: (ref: string) => Promise<readonly string[]>,
  now: number = Date.now(),
): Promise<void> {
  for (const ref of await namesIn(path.join(baseFolder, versionsFolder))) {
    const kept = new Set((await keptDigests(ref)).map(versionName));
    const current = await readlink(path.join(baseFolder, ref)).catch(() => '');
    kept.add(path.basename(current));
    await removeOld(path.join(baseFolder, versionsFolder, ref), (name) => {
      if (kept.has(name)) return undefined;
      return now - 1000 * (digestName.test(name) ? youngest : handmade);
    });
  }
  await removeOld(path.join(baseFolder, incomingFolder), () => now - 1000 * youngest);
}

const digestName = /^[0-9a-f]{16}$/;

/** @param before what came to its place, or was changed there, before this time may go; `undefined`: never */
async function removeOld(folder: string, before: (name: string) => number | undefined): Promise<void> {
  for (const name of await namesIn(folder)) {
    const file = path.join(folder, name);
    const changed = (await lstat(file).catch(() => undefined))?.ctimeMs ?? Number.POSITIVE_INFINITY;
    if (changed < (before(name) ?? 0)) await rm(file, { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
