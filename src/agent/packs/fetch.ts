import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackRevision } from '../../contract/pack.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { removeTree } from '../environments/build/leftovers.ts';
import { seal } from '../environments/build/seal.ts';
import { usedMarkerOf } from '../environments/places.ts';
import type { Uses } from '../environments/use.ts';
import { besides, incomingPrefix } from './discard.ts';
import { isIntact } from './is-intact.ts';

/** The pieces of the archive of a revision, as the control plane keeps it. */
export type OpenArchive = (revision: PackRevision) => AsyncIterable<Uint8Array>;

export interface FetchParts {
  /** Of the cache. */
  readonly directory: string;
  readonly openArchive: OpenArchive;
  readonly uses: Uses;
  /** Removes what is not used now; for when the disk is full. */
  readonly makeRoom: () => Promise<void>;
}

/**
 * Fetches a revision into the cache: unpacked beside its place, checked against its digest, on disk and read-only before it gets its name in one step.
 * Several agents may do so at once: the first one's stays. Where the disk is full, once more after what nobody uses was removed.
 * @throws AttuneError `pack_corrupt`, `pack_cache_full`, `pack_cache_unwritable`, and those of the link
 */
export async function fetchPack(revision: PackRevision, parts: FetchParts): Promise<void> {
  try {
    await attempt(revision, parts).catch(async (error: unknown) => {
      if (!isFull(error)) throw error;
      await parts.makeRoom();
      await attempt(revision, parts);
    });
  } catch (error) {
    throw explain(error, revision, parts.directory);
  }
}

async function attempt(revision: PackRevision, { directory, openArchive, uses }: FetchParts): Promise<void> {
  const folder = join(directory, revision.ref, revision.digest);
  await mkdir(join(directory, revision.ref), { recursive: true, mode: 0o755 });
  const incoming = besides(folder, incomingPrefix);
  const release = uses.begin(incoming);
  try {
    // Large, and not needed where packs are mounted.
    const { unpackArchive } = await import('../../packs/archive/unpack.ts');
    await unpackArchive(openArchive(revision), incoming);
    if (!(await isIntact(incoming, revision.digest)))
      throw new AttuneError('invalid_pack', 'it is not what its digest says');
    await seal(incoming, { installer: undefined });
    await rename(incoming, folder).catch(ignoreOther);
  } finally {
    release();
    await removeTree(incoming);
    await rm(usedMarkerOf(incoming), { force: true });
  }
}

/** Another agent was first, with the same content. */
function ignoreOther(error: unknown): void {
  if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
}

function isFull(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
}

function explain(error: unknown, { ref, digest }: PackRevision, directory: string): unknown {
  if (codeOf(error) === 'invalid_pack') {
    const reason = describeError(error);
    const message = `The pack ${ref} came damaged from the control plane (${reason}; digest ${digest}): register it again`;
    return new AttuneError('pack_corrupt', message, { cause: error });
  }
  if (error instanceof AttuneError) return error;
  const fix = 'free some space, or let ATTUNE_PACKS_CACHE_DIR name another folder';
  const message = `The pack ${ref} can't be stored in ${directory} (${describeError(error)}): ${fix}`;
  return new AttuneError(isFull(error) ? 'pack_cache_full' : 'pack_cache_unwritable', message, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
