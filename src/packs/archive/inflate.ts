import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What gzip begins with (RFC 1952, 2.3.1). */
const magic = [0x1f, 0x8b] as const;

/**
 * Decompresses what is gzip; anything else goes through as it is.
 * @returns the bytes in pieces; reading them fails where they are damaged or cut off
 */
export async function* inflate(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await firstBytes(pieces);
  const whole = joined(first, pieces);
  yield* isGzip(first) ? pipeline(whole, createGunzip(), () => undefined) : whole;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === magic[0] && bytes[1] === magic[1];
}

/** At least two bytes, where there are two. */
async function firstBytes(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < magic.length) {
    const next = await pieces.next();
    if (next.done === true) break;
    bytes = Buffer.concat([bytes, next.value]);
  }
  return bytes;
}

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
