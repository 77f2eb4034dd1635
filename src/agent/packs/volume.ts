import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { PackRevision } from '../../contract/pack.ts';
import { versionFolder, versionsFolder } from '../../packs/version-folder.ts';

/** Where a pack lies, and the path that led there. */
export interface PackPlace {
  /** Without links: a pack that is replaced meanwhile does not change under a process. */
  readonly folder: string;
  readonly path: string;
}

/**
 * Finds a revision of a pack in the folder of all packs, where that is mounted: as a version that the control plane has put there, else
 * under the pack's own name. A folder that somebody put there by hand counts as every revision, so that it may be edited in place.
 * @returns `undefined` where there is none, or only another revision
 */
export function findInVolume(packsDirectory: string, { ref, digest }: PackRevision): PackPlace | undefined {
  const version = resolved(join(packsDirectory, versionFolder(ref, digest)));
  if (version !== undefined) return version;
  const named = resolved(join(packsDirectory, ref));
  const versions = resolved(join(packsDirectory, versionsFolder));
  if (named === undefined || versions === undefined) return named;
  return named.folder.startsWith(versions.folder + sep) ? undefined : named;
}

function resolved(path: string): PackPlace | undefined {
  try {
    return { path, folder: realpathSync.native(path) };
  } catch {
    return undefined;
  }
}
