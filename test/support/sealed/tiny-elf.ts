import { HEADER_SIZE, SEGMENT_SIZE, SegmentType, writeAddress } from '../../../build/elf/read.ts';

export interface TinySegment {
  readonly type: number;
  readonly address: number;
  readonly size?: number;
}

/** The smallest file that has what the seal looks at: a header and a table of segments. */
export function tinyElf(segments: readonly TinySegment[], type = 2): Buffer {
  const file = Buffer.alloc(HEADER_SIZE + segments.length * SEGMENT_SIZE);
  file.write('\u007fELF\u0002\u0001\u0001', 'latin1');
  file.writeUInt16LE(type, 16);
  file.writeUInt16LE(62, 18);
  writeAddress(file, 24, 0x40_1234);
  writeAddress(file, 32, HEADER_SIZE);
  file.writeUInt16LE(SEGMENT_SIZE, 54);
  file.writeUInt16LE(segments.length, 56);
  segments.forEach((segment, index) => {
    const at = HEADER_SIZE + index * SEGMENT_SIZE;
    file.writeUInt32LE(segment.type, at);
    writeAddress(file, at + 16, segment.address);
    writeAddress(file, at + 32, segment.size ?? 0);
  });
  return file;
}

export const ordinary: readonly TinySegment[] = [
  { type: SegmentType.table, address: 0x40_0040 },
  { type: SegmentType.interpreter, address: 0x40_0350 },
  { type: SegmentType.load, address: 0x40_0000, size: 0x100 },
];
