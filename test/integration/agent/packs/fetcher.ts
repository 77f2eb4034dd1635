import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createPackCache } from '../../../../src/agent/packs/cache.ts';
import { createLogger } from '../../../../src/shared/logger.ts';

/** Fetches a pack into a shared cache as an agent does: `fetcher.ts DIRECTORY DIGEST ARCHIVE PAUSE`, with so many
 * milliseconds between the pieces. Prints its folder, or the code of the error. */
const [directory = '', digest = '', archive = '', pause = '0'] = process.argv.slice(2);

const cache = createPackCache({
  directory,
  bounds: { mostAge: 3600, mostBytes: 1e9 },
  openArchive: () => inPieces(archive),
  patience: { seconds: 1, setting: 'none' },
  logger: createLogger('silent'),
});

async function* inPieces(file: string): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(file, { highWaterMark: 2048 })) {
    const bytes: unknown = piece;
    if (bytes instanceof Uint8Array) yield bytes;
    await delay(Number(pause));
  }
}

try {
  process.stdout.write(await cache.admit({ ref: 'demo', digest }));
} catch (error) {
  process.stdout.write(error instanceof Error && 'code' in error ? String(error.code) : String(error));
}
