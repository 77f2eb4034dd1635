import path from 'node:path';

/** Within the folder of all packs, where their versions are. */
export const versionsFolder = '.versions';

/** How much of a digest the name of a version holds: enough to tell apart what one pack ever was. */
const digits = 16;

/** The name of a version of a pack. */
export function versionName(digest: string): string {
  return digest.slice(0, digits);
}

/** Where a revision of a pack lies, within the folder of all packs. */
export function versionFolder(ref: string, digest: string): string {
  return path.join(versionsFolder, ref, versionName(digest));
}
