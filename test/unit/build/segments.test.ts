import { describe, expect, test } from 'vitest';

import { type Segment, SegmentType, readElf } from '../../../build/elf/read.ts';
import { cutHole, segmentTable } from '../../../build/elf/segments.ts';
import { ordinary, tinyElf } from '../../support/sealed/tiny-elf.ts';

const load: Segment = {
  type: SegmentType.load,
  flags: 4,
  offset: 0x100,
  address: 0x40_0100,
  fileSize: 0x300,
  memorySize: 0x300,
  alignment: 0x100,
};
const behind: Segment = { ...load, offset: 0x400, address: 0x50_0400, fileSize: 0x10, memorySize: 0x80 };

describe('a hole that is cut out', () => {
  const file = Buffer.from(Array.from({ length: 0x410 }, (_, index) => index >> 8));
  const { bytes, segments } = cutHole(file, [load, behind], { address: 0x40_0200, size: 0x100 });

  test('is gone from the file, and only it', () => {
    const left = [...file.subarray(0, 0x200), ...file.subarray(0x300)];
    expect([...bytes]).toEqual(left);
  });

  test('leaves two segments, each at its old address', () => {
    expect(segments.slice(0, 2)).toEqual([
      { ...load, fileSize: 0x100, memorySize: 0x100 },
      { ...load, offset: 0x200, address: 0x40_0300, fileSize: 0x100, memorySize: 0x100 },
    ]);
  });

  test('moves what lies behind it in the file, not in memory', () => {
    expect(segments[2]).toEqual({ ...behind, offset: 0x300 });
  });

  test('must lie in one segment', () => {
    expect(() => cutHole(file, [load], { address: 0x40_0300, size: 0x200 })).toThrow('in no segment');
  });
});

test('a table that is written is the table that was read', () => {
  const file = tinyElf(ordinary);
  const { segmentTable: at, segments } = readElf(file);
  const table = segmentTable(segments);
  expect(readElf(Buffer.concat([file.subarray(0, at), table])).segments).toEqual(segments);
});
