import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findComplete } from '../build/publish.ts';
import { readHighest } from '../lock/lock-file.ts';
import { buildsFolder, buildsOf, lockPrefix, type Place } from '../places.ts';
import { lastUseOf } from './last-use.ts';
import { sizeOf } from './size.ts';

/** An environment on the volume, whoever made it. */
export interface StoredEnvironment extends Place {
  readonly pack: string;
  readonly runtime: string;
  readonly version: string | undefined;
  /** Of its build. */
  readonly folder: string;
  readonly bytes: number;
  /** Milliseconds since 1970, by the volume's clock. */
  readonly lastUse: number;
}

/** A build that somebody is at, or was. */
export interface StoredBuild {
  readonly pack: string;
  readonly hash: string;
  /** Who builds it, where that can be read. */
  readonly holder: string | undefined;
  /** When the builder has last said that it lives: milliseconds since 1970, by the volume's clock. */
  readonly lastSign: number;
  readonly failed: boolean;
}

/** All complete environments below a folder, by pack and name; none where there is no such folder. */
export async function listEnvironments(root: string): Promise<StoredEnvironment[]> {
  const stored: StoredEnvironment[] = [];
  for (const pack of await packsIn(root)) {
    const home = join(root, pack);
    for (const name of await namesIn(home)) {
      const one = await describe(home, pack, name);
      if (one !== undefined) stored.push(one);
    }
  }
  return stored;
}

/** The builds that have a lock, below a folder. */
export async function listBuilds(root: string): Promise<StoredBuild[]> {
  const builds: StoredBuild[] = [];
  for (const pack of await packsIn(root)) {
    const folder = buildsOf({ home: join(root, pack) });
    const hashes = (await namesIn(folder)).flatMap((name) => lockName.exec(name)?.[1] ?? []);
    for (const hash of new Set(hashes)) {
      const lock = await readHighest({ folder, prefix: lockPrefix({ hash }) });
      const facts =
        lock && (await stat(join(folder, lockPrefix({ hash }) + lock.number)).catch(() => undefined));
      if (lock === undefined || facts === undefined) continue;
      const { holder, failure = null } = lock.note ?? {};
      builds.push({ pack, hash, holder, lastSign: facts.mtimeMs, failed: failure !== null });
    }
  }
  return builds;
}

const lockName = /^([0-9a-f]{16})\.lock\.\d+$/;

/** The packs that have environments below a folder. */
export async function packsIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted();
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.toSorted();
}

/** `undefined` for what is no complete environment. */
async function describe(home: string, pack: string, name: string): Promise<StoredEnvironment | undefined> {
  const [, runtime, version, hash] = /^(.+?)(?:-(\d[^-]*))?-([0-9a-f]{16})$/.exec(name) ?? [];
  if (runtime === undefined || hash === undefined || name === buildsFolder) return undefined;
  const place = { home, name, hash };
  const folder = findComplete(place);
  if (folder === undefined) return undefined;
  const [bytes, lastUse] = await Promise.all([sizeOf(folder), lastUseOf(folder)]);
  return { ...place, pack, runtime, version, folder, bytes, lastUse };
}
