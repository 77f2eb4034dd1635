import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TailBuffer } from '../../../../../src/agent/execute/output/tail-buffer.ts';
import { cutsArbitrary, pieces } from './pieces.ts';

test('keeps exactly the last bytes, however they come', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 20_000 }),
      fc.integer({ min: 0, max: 12_000 }),
      cutsArbitrary,
      (bytes, capacity, cuts) => {
        const tail = new TailBuffer(capacity);
        for (const piece of pieces(bytes, cuts)) tail.push(piece);
        expect(Buffer.from(tail.read())).toEqual(
          Buffer.from(bytes.slice(Math.max(0, bytes.length - capacity))),
        );
        expect([tail.total, tail.kept]).toEqual([bytes.length, Math.min(bytes.length, capacity)]);
      },
    ),
  );
});
