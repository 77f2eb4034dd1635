import { Parser, type ReadEntry } from 'tar';

/**
 * Reads a tar file entry by entry.
 * @param take is called for one entry at a time, and must read or drop its content
 * @throws whatever the source or `take` throws, and errors of the library, which have a `tarCode`
 */
export async function readEntries(
  source: AsyncIterable<Uint8Array>,
  take: (entry: ReadEntry) => Promise<void>,
): Promise<void> {
  const failure = Promise.withResolvers<never>();
  // It may come when nobody waits; where both have come, it counts.
  failure.promise.catch(() => undefined);
  let taken = Promise.resolve();
  const parser = new Parser({
    strict: true,
    // What is still compressed here was so twice: nobody counts what would come of it.
    maxDecompressionRatio: 0,
    zstd: false,
    onReadEntry(entry) {
      taken = taken.then(() => take(entry));
      taken.catch(failure.reject);
    },
  });
  parser.on('error', failure.reject);
  const ended = new Promise((resolve) => parser.once('end', resolve));

  for await (const bytes of source) {
    const isFull = !parser.write(bytes);
    const drained = isFull ? new Promise((resolve) => parser.once('drain', resolve)) : undefined;
    await Promise.race([failure.promise, drained]);
  }
  parser.end();
  await Promise.race([failure.promise, ended]);
  await taken;
}
