import { join } from 'node:path';
import type { PackRevision } from '../../contract/pack.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { untilAvailable, type Patience } from '../../shared/until-available.ts';
import type { Bounds } from '../environments/stored/prune.ts';
import { Uses } from '../environments/use.ts';
import { discard } from './discard.ts';
import { fetchPack, type OpenArchive } from './fetch.ts';
import { isIntact } from './is-intact.ts';
import { gone, markOf } from './mark.ts';
import { pruneCache } from './prune.ts';

/** Packs that were fetched, in a folder that other agents may share. */
export interface PackCache {
  /** Where they are. */
  readonly directory: string;
  /**
   * The folder of a revision, which was looked through since this agent started, and is fetched where it is not there or damaged. Those
   * who ask for the same at a time wait for one fetch.
   * @throws AttuneError `pack_missing`, `pack_corrupt`, `pack_cache_full`, `pack_cache_unwritable`, and those of the link
   */
  admit(revision: PackRevision): Promise<string>;
  /** Begins a use of a folder: nobody removes it then. @returns what ends it */
  use(folder: string): () => void;
  /** Removes what is too old or too much, and what agents that were killed have left. Never rejects. */
  tidy(): Promise<void>;
}

export interface CacheOptions {
  /** Made when it is needed. */
  readonly directory: string;
  readonly bounds: Bounds;
  /** Opens the archive of a revision that the control plane keeps. */
  readonly openArchive: OpenArchive;
  /** How long a fetch is tried while the control plane is away. */
  readonly patience: Pick<Patience, 'seconds' | 'setting'>;
  readonly logger: Logger;
}

export function createPackCache(options: CacheOptions): PackCache {
  const { directory, bounds, openArchive, patience, logger } = options;
  const makeRoom = () => pruneCache(directory, { mostAge: 0, mostBytes: 0 });
  const uses = new Uses();
  const admissions = new Map<string, Promise<string>>();
  const trusted = new Set<string>();

  async function admit(revision: PackRevision): Promise<string> {
    const folder = join(directory, revision.ref, revision.digest);
    const mark = markOf(folder);
    if (mark !== gone && (trusted.has(folder) || (await isIntact(folder, revision.digest)))) {
      trusted.add(folder);
      return folder;
    }
    trusted.delete(folder);
    if (mark !== gone) {
      logger.warn({ pack: revision.ref, folder }, 'a pack in the cache was damaged: fetching it again');
      // Unless another agent has done so meanwhile.
      if (markOf(folder) === mark) await discard(folder);
    }
    await untilAvailable(() => fetchPack(revision, { directory, openArchive, uses, makeRoom }), {
      name: `the archive of the pack ${revision.ref}`,
      ...patience,
      logger,
    });
    trusted.add(folder);
    logger.info({ pack: revision.ref, digest: revision.digest }, 'pack fetched');
    void tidy();
    return folder;
  }

  async function tidy(): Promise<void> {
    try {
      await pruneCache(directory, bounds);
    } catch (error) {
      logger.warn(
        { folder: directory, reason: describeError(error) },
        'the cache of packs can not be tidied',
      );
    }
  }

  return {
    directory,
    admit(revision) {
      const key = `${revision.ref} ${revision.digest}`;
      const present = admissions.get(key);
      if (present !== undefined) return present;
      const admission = admit(revision).finally(() => admissions.delete(key));
      admissions.set(key, admission);
      return admission;
    },
    use: (folder) => uses.begin(folder),
    tidy,
  };
}
