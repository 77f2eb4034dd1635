import { setTimeout as delay } from 'node:timers/promises';
import type { PackRevision } from '../../../contract/pack.ts';
import { openPack } from '../../../packs/open-pack.ts';
import { describeError } from '../../../shared/errors.ts';
import type { Packs } from '../../packs/packs.ts';
import { prepareEnvironments, type PrepareParts } from './prepare-environments.ts';

/** How often one looks whether packs have changed. */
const lookMilliseconds = 5000;

export interface KeepParts extends PrepareParts {
  /** The packs as they are now. */
  readonly revisions: () => Promise<readonly PackRevision[]>;
  readonly packs: Packs;
}

/** What each pack was when it was looked at last, by its ref. */
type Seen = ReadonlyMap<string, string>;

/**
 * Builds the environments of all packs, and again when one of them is replaced, until the signal says so. Packs that are not mounted here
 * are fetched. Resolves after the first time; never rejects.
 */
export async function keepPrepared(parts: KeepParts): Promise<void> {
  const seen = await prepareChanged(new Map(), parts);
  void keepLooking(seen, parts);
}

async function keepLooking(first: Seen, parts: KeepParts): Promise<void> {
  let seen = first;
  while (!parts.signal.aborted) {
    await delay(lookMilliseconds, undefined, { signal: parts.signal, ref: false }).catch(() => undefined);
    seen = await prepareChanged(seen, parts);
  }
}

async function prepareChanged(before: Seen, parts: KeepParts): Promise<Seen> {
  const { logger, revisions, signal } = parts;
  const seen = new Map<string, string>();
  try {
    for (const revision of await revisions()) {
      if (signal.aborted) return before;
      seen.set(revision.ref, await prepareWhereChanged(revision, before.get(revision.ref), parts));
    }
    return seen;
  } catch (error) {
    logger.warn({ reason: describeError(error) }, 'packs could not be looked at, trying again');
    return before;
  }
}

/** @returns what the pack is now */
async function prepareWhereChanged(
  revision: PackRevision,
  before: string | undefined,
  parts: KeepParts,
): Promise<string> {
  const failed = `${revision.digest} could not be prepared`;
  if (before === failed) return failed;
  try {
    const pack = await parts.packs.provide(revision, parts);
    try {
      const now = `${revision.digest} ${pack.mark}`;
      if (now !== before) await prepareEnvironments(await openPack(pack.folder), parts);
      return now;
    } finally {
      pack.release();
    }
  } catch (error) {
    parts.logger.warn({ pack: revision.ref, reason: describeError(error) }, 'no environments for this pack');
    return failed;
  }
}
