import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder, maxFrameSize } from '../../../../../src/agent/host/supervised/frames.ts';

const frame = fc.record({
  type: fc.nat(0xffff),
  slot: fc.nat(0xffff),
  payload: fc.uint8Array({ maxLength: 300 }),
});

test('frames come out as they went in, however the bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 50 })), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(({ type, slot, payload }) => encodeFrame(type, slot, payload)));
      const decoder = new FrameDecoder();
      const decoded = chop(bytes, cuts).flatMap((piece) => decoder.push(piece));
      expect(
        decoded.map(({ type, slot, payload }) => ({ type, slot, payload: new Uint8Array(payload) })),
      ).toEqual(frames);
    }),
  );
});

test('a frame larger than any is refused at its header', () => {
  const header = encodeFrame(1, 0);
  header.writeUInt32LE(maxFrameSize + 1, 0);
  expect(() => new FrameDecoder().push(header)).toThrow(RangeError);
});

function chop(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    pieces.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  return [...pieces, bytes.subarray(at)];
}
