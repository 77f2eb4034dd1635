import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamLimit, type Piece } from '../../../../../src/agent/execute/output/stream-limit.ts';
import { cutsArbitrary, pieces } from './pieces.ts';

test('head and tail are the very bytes of the stream at their offsets, and the gap is what was dropped', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.integer({ min: 1, max: 400 }),
      cutsArbitrary,
      (bytes, limit, cuts) => {
        const stream = new StreamLimit(limit);
        const parts = [...pieces(bytes, cuts).map((piece) => stream.push(piece)), stream.end()].filter(
          (part) => part !== undefined,
        );
        for (const part of parts) expect(Buffer.from(part.bytes)).toEqual(Buffer.from(sliceOf(bytes, part)));
        const kept = parts.reduce((sum, part) => sum + part.bytes.length, 0);
        expect(kept).toBe(Math.min(limit, bytes.length));
        expect(stream.summary).toEqual({ bytes: bytes.length, dropped: bytes.length - kept });
        expect(countGaps(parts)).toBe(bytes.length > limit && limit > 1 ? 1 : 0);
      },
    ),
  );
});

test('half is head, half is tail', () => {
  const stream = new StreamLimit(10);
  const head = stream.push(Buffer.from('0123456789abcdef'));
  expect([text(head), text(stream.end())]).toEqual(['0:01234', '11:bcdef']);
});

function sliceOf(bytes: Uint8Array, { offset, bytes: part }: Piece): Uint8Array {
  return bytes.slice(offset, offset + part.length);
}

function countGaps(parts: readonly Piece[]): number {
  let end = 0;
  let gaps = 0;
  for (const { offset, bytes } of parts) {
    if (offset !== end) gaps += 1;
    end = offset + bytes.length;
  }
  return gaps;
}

function text(piece: Piece | undefined): string {
  return piece === undefined ? '' : `${piece.offset}:${Buffer.from(piece.bytes).toString()}`;
}
