import { Parser, type ReadEntry } from 'tar';

/**
 * Reads a tar file entry by entry. When it is over, nobody reads an entry any more.
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
  const pending = new Set<ReadEntry>();
  let taken = Promise.resolve();
  const parser = new Parser({
    strict: true,
    // What is still compressed here was so twice: nobody counts what would come of it.
    maxDecompressionRatio: 0,
    zstd: false,
    onReadEntry(entry) {
      pending.add(entry.on('error', failure.reject));
      taken = taken.then(() => take(entry)).then(() => void pending.delete(entry));
      taken.catch(failure.reject);
    },
  });
  parser.on('error', failure.reject);

  try {
    await feed(parser, source, failure.promise);
    await taken;
  } catch (error) {
    // The rest of it will never come.
    for (const entry of pending) entry.destroy(error);
    await taken.catch(() => undefined);
    throw error;
  }
}

/** Resolves when the parser has seen everything, and all entries were read. */
async function feed(
  parser: Parser,
  source: AsyncIterable<Uint8Array>,
  failure: Promise<never>,
): Promise<void> {
  const ended = new Promise((resolve) => parser.once('end', resolve));
  for await (const bytes of source) {
    const isFull = !parser.write(bytes);
    const drained = isFull ? new Promise((resolve) => parser.once('drain', resolve)) : undefined;
    await Promise.race([failure, drained]);
  }
  parser.end();
  await Promise.race([failure, ended]);
}
