import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where packs live: `<packs_base_dir>/<ref>` is a link to `.versions/<ref>/<digest>`, so that a pack is replaced in one
 * step, and executions that run in the old one keep its files. The version before the present one stays for them.
 */
export interface PackStore {
  /** A folder of its own for a copy that is not yet checked. */
  incoming(): Promise<string>;
  /** The name under which `folder` lies in the base folder already, if it does: it is then used in place. */
  residentName(folder: string): Promise<string | undefined>;
  /** Makes the checked copy the pack `ref`. */
  activate(ref: string, copy: string, digest: string): Promise<void>;
}

export function createPackStore(baseFolder: string): PackStore {
  const versionsOf = (ref: string): string => path.join(baseFolder, '.versions', ref);
  return {
    async incoming() {
      const folder = path.join(baseFolder, '.incoming');
      await mkdir(folder, { recursive: true });
      return path.join(folder, randomUUID());
    },
    async residentName(folder) {
      const [base, parent] = await Promise.all([resolved(baseFolder), resolved(path.dirname(folder))]);
      return base !== undefined && base === parent ? path.basename(folder) : undefined;
    },
    async activate(ref, copy, digest) {
      const versions = versionsOf(ref);
      const version = digest.slice(0, 16);
      await mkdir(versions, { recursive: true });
      await adopt(copy, path.join(versions, version));
      const link = path.join(baseFolder, ref);
      const previous = await makeRoom(link, versions);
      await point(link, path.join('.versions', ref, version));
      await removeOthers(versions, new Set([version, previous]));
    },
  };
}

/** A version that is there already has the same content: its name is its digest. */
async function adopt(copy: string, version: string): Promise<void> {
  if ((await resolved(version)) === undefined) await rename(copy, version);
  else await rm(copy, { recursive: true, force: true });
}

/**
 * A link can't replace a folder: one that somebody put there by hand becomes a version itself.
 * @returns the name of the version that was there; empty where there was none
 */
async function makeRoom(link: string, versions: string): Promise<string> {
  const facts = await lstat(link).catch(() => undefined);
  if (facts === undefined) return '';
  if (facts.isSymbolicLink()) return path.basename(await readlink(link));
  const version = randomUUID();
  await rename(link, path.join(versions, version));
  return version;
}

/** Points the link at `target` in one step. */
async function point(link: string, target: string): Promise<void> {
  const fresh = `${link}.${randomUUID()}`;
  await symlink(target, fresh);
  await rename(fresh, link);
}

async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const others = (await readdir(folder)).filter((name) => !kept.has(name));
  await Promise.all(
    others.map(async (name) => rm(path.join(folder, name), { recursive: true, force: true })),
  );
}

async function resolved(folder: string): Promise<string | undefined> {
  return realpath(folder).catch(() => undefined);
}
