import type { LogRun } from '../../contract/api/log-events.ts';
import type { StoredPiece } from '../../store/executions/logs.ts';

/** Joins pieces that follow each other, so that characters cut in two by a chunk's border become whole again. */
export function joinPieces(pieces: readonly StoredPiece[]): StoredPiece[] {
  const joined: { offset: number; end: number; parts: Uint8Array[] }[] = [];
  for (const { offset, bytes } of pieces) {
    const last = joined.at(-1);
    if (last?.end === offset) {
      last.parts.push(bytes);
      last.end += bytes.length;
    } else joined.push({ offset, end: offset + bytes.length, parts: [bytes] });
  }
  return joined.map(({ offset, parts }) => ({
    offset,
    bytes: parts.length === 1 ? (parts[0] ?? new Uint8Array()) : Buffer.concat(parts),
  }));
}

/** Bytes for a JSON document: as text where that says exactly the same. */
export function toRun(epoch: number, { offset, bytes }: StoredPiece): LogRun {
  const place = { epoch, offset, end: offset + bytes.length };
  try {
    return { ...place, text: strictUtf8.decode(bytes) };
  } catch {
    return { ...place, base64: Buffer.from(bytes).toString('base64') };
  }
}

/** A byte order mark is part of the output. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes without a character at their end whose other bytes are still to come. */
export function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    return back < characterLength(byte) ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

function characterLength(firstByte: number): number {
  if (firstByte >= 0b1111_0000) return 4;
  if (firstByte >= 0b1110_0000) return 3;
  return firstByte >= 0b1100_0000 ? 2 : 1;
}
