import { readlinkSync, statSync } from 'node:fs';
import { rename, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildsFolder, linkOf, type Place } from '../places.ts';

/**
 * The folder of a complete environment; `undefined` where there is none. Synchronously: two looks at the disk take microseconds, a way through the
 * thread pool ten times as long.
 */
export function findComplete(place: Place): string | undefined {
  try {
    const folder = join(place.home, readlinkSync(linkOf(place)));
    return statSync(folder, { throwIfNoEntry: false }) === undefined ? undefined : folder;
  } catch {
    return undefined;
  }
}

/**
 * Makes a complete build visible, in one step. Where another was first, that one stays; a link that leads nowhere is replaced.
 * @returns the folder of the environment: ours, or the other one
 */
export async function publish(place: Place, folder: string): Promise<string> {
  const target = join(buildsFolder, basename(folder));
  try {
    await symlink(target, linkOf(place));
  } catch {
    const other = findComplete(place);
    if (other !== undefined) return other;
    await replaceLink(place, target);
  }
  return folder;
}

async function replaceLink(place: Place, target: string): Promise<void> {
  const beside = `${join(place.home, target)}.link`;
  await symlink(target, beside);
  await rename(beside, linkOf(place));
}
