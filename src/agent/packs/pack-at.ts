import { realpathSync } from 'node:fs';
import { markOf } from './mark.ts';
import type { ProvidedPack } from './packs.ts';

/** The pack in a folder of this machine, as it lies there now. */
export function packAt(folder: string): ProvidedPack {
  const real = realpathSync.native(folder);
  return { folder: real, mark: markOf(real), release: () => undefined };
}
