import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

import { cached, hashOf } from './cache.ts';

/** Names of the compressed forms as they follow that of the file; the server hands them out in its place. */
export const compressedEndings = ['.gz', '.zst'] as const;

/** Higher levels take several times as long, for a megabyte less. */
const zstdLevel = 9;

/** Compresses a file of the cache. Returns the path in the cache that the endings are to be added to. */
export async function compress(name: string, path: string): Promise<string> {
  const folder = await cached(`compressed-${name}`, hashOf(basename(path)), async (unfinished) => {
    mkdirSync(unfinished);
    const zstd = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } });
    const to = (ending: string) => createWriteStream(join(unfinished, `file${ending}`));
    await Promise.all([
      pipeline(createReadStream(path), createGzip(), to('.gz')),
      pipeline(createReadStream(path), zstd, to('.zst')),
    ]);
  });
  return join(folder, 'file');
}
