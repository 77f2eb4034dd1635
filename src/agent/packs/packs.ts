import type { PackRevision } from '../../contract/pack.ts';
import { isInside } from '../../packs/pack-files.ts';
import { AttuneError } from '../../shared/errors.ts';
import { aborted } from '../stop/ladder.ts';
import type { PackCache } from './cache.ts';
import { gone, markOf } from './mark.ts';
import { findInVolume } from './volume.ts';

/** A pack whose files stay until it is released. */
export interface ProvidedPack {
  /** Without links. */
  readonly folder: string;
  /** Another text when something else lies there, or the folder itself has changed. */
  readonly mark: string;
  release(): void;
}

/** Whoever waits; the signal is asked for only where there is something to wait for. */
interface Waiting {
  readonly signal: AbortSignal;
}

export interface Packs {
  /**
   * The files of a revision: from the folder of all packs, else from the cache, which fetches them. One that was provided before is found by a single
   * synchronous look at the disk.
   * @param waiting its signal ends the waiting
   * @throws AttuneError `pack_missing`, and those of the cache; the signal's reason
   */
  provide(revision: PackRevision, waiting: Waiting): ProvidedPack | Promise<ProvidedPack>;
  /** Keeps a folder that was provided by an agent before this one. @returns what ends it */
  keep(folder: string): () => void;
}

/** Where a revision was found. */
interface Known {
  readonly path: string;
  readonly folder: string;
  readonly mark: string;
  /** Begins a use of it. @returns what ends it */
  readonly use: () => () => void;
}

/** More revisions than any worker runs in turn. */
const mostKnown = 1000;

/** @param cache absent: only what lies in the folder of all packs is provided */
export function createPacks(packsDirectory: string, cache: PackCache | undefined): Packs {
  const known = new Map<string, Known>();

  function remember({ ref, digest }: PackRevision, place: Omit<Known, 'mark'>): void {
    if (known.size >= mostKnown) known.clear();
    known.set(`${ref} ${digest}`, { ...place, mark: markOf(place.path) });
  }

  /** Used first and looked at then: whoever removes it hides it first and looks for uses then. */
  function take({ ref, digest }: PackRevision): ProvidedPack | undefined {
    const last = known.get(`${ref} ${digest}`);
    if (last === undefined) return undefined;
    const { folder, mark } = last;
    const release = last.use();
    if (mark !== gone && markOf(last.path) === mark) return { folder, mark, release };
    release();
    known.delete(`${ref} ${digest}`);
    return undefined;
  }

  function takeFromVolume(revision: PackRevision): ProvidedPack | undefined {
    const place = findInVolume(packsDirectory, revision);
    if (place === undefined) return undefined;
    remember(revision, { ...place, use: () => nothing });
    return take(revision);
  }

  async function takeFromCache(revision: PackRevision, { signal }: Waiting): Promise<ProvidedPack> {
    if (cache === undefined) throw missing(packsDirectory, revision);
    for (;;) {
      const folder = await unless(signal, cache.admit(revision));
      remember(revision, { path: folder, folder, use: () => cache.use(folder) });
      const pack = take(revision);
      if (pack !== undefined) return pack;
    }
  }

  return {
    provide: (revision, waiting) =>
      take(revision) ?? takeFromVolume(revision) ?? takeFromCache(revision, waiting),
    keep: (folder) =>
      cache !== undefined && isInside(cache.directory, folder) ? cache.use(folder) : nothing,
  };
}

function nothing(): void {
  // Nobody removes what lies in the folder of all packs while it is needed but the control plane, which knows.
}

async function unless<Value>(signal: AbortSignal, answer: Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  return Promise.race([answer, aborted(signal).then(() => Promise.reject<Value>(signal.reason))]);
}

function missing(packsDirectory: string, { ref }: PackRevision): AttuneError {
  return new AttuneError(
    'pack_missing',
    `The pack ${ref} is not in ${packsDirectory}: mount the packs there, or set ATTUNE_PACKS_BASE_DIR`,
  );
}
