import { randomUUID } from 'node:crypto';
import { lstat, mkdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { versionFolder } from '../../packs/version-folder.ts';

/**
 * Where packs live: `<packs_base_dir>/<ref>` is a link to `.versions/<ref>/<digest>`, so that a pack is replaced in one
 * step, and executions that run in an old one keep its files.
 */
export interface PackStore {
  /** A path of its own for what is not yet checked. */
  incoming(): Promise<string>;
  /** The name under which `folder` lies in the base folder already, if it does: it is then used in place. */
  residentName(folder: string): Promise<string | undefined>;
  /** Makes the checked copy the pack `ref`. Not to be called for one pack twice at a time. */
  activate(ref: string, copy: string, digest: string): Promise<void>;
}

export function createPackStore(baseFolder: string): PackStore {
  return {
    async incoming() {
      const folder = path.join(baseFolder, incomingFolder);
      await mkdir(folder, { recursive: true });
      return path.join(folder, randomUUID());
    },
    async residentName(folder) {
      const [base, parent] = await Promise.all([resolved(baseFolder), resolved(path.dirname(folder))]);
      return base !== undefined && base === parent ? path.basename(folder) : undefined;
    },
    async activate(ref, copy, digest) {
      const version = versionFolder(ref, digest);
      const versions = path.join(baseFolder, path.dirname(version));
      await mkdir(versions, { recursive: true });
      await adopt(copy, path.join(baseFolder, version));
      const link = path.join(baseFolder, ref);
      await makeRoom(link, versions);
      await point(link, version);
    },
  };
}

/** Within the base folder, what is not yet checked. */
export const incomingFolder = '.incoming';

/** A version that is there already has the same content: its name is its digest. */
async function adopt(copy: string, version: string): Promise<void> {
  if ((await resolved(version)) === undefined) await rename(copy, version);
  else await rm(copy, { recursive: true, force: true });
}

/** A link can't replace a folder: one that somebody put there by hand becomes a version itself, for what runs in it. */
async function makeRoom(link: string, versions: string): Promise<void> {
  const facts = await lstat(link).catch(() => undefined);
  if (facts === undefined || facts.isSymbolicLink()) return;
  await rename(link, path.join(versions, randomUUID()));
}

/** Points the link at `target` in one step. */
async function point(link: string, target: string): Promise<void> {
  const fresh = `${link}.${randomUUID()}`;
  await symlink(target, fresh);
  await rename(fresh, link);
}

async function resolved(folder: string): Promise<string | undefined> {
  return realpath(folder).catch(() => undefined);
}
