import { SEGMENT_SIZE, type Segment, SegmentType, writeAddress } from './read.ts';

/** A part of memory that nobody reads. */
export interface Hole {
  readonly address: number;
  readonly size: number;
}

/** Writes a table of program headers. */
export function segmentTable(segments: readonly Segment[]): Buffer {
  const table = Buffer.alloc(segments.length * SEGMENT_SIZE);
  segments.forEach((segment, index) => {
    const at = index * SEGMENT_SIZE;
    table.writeUInt32LE(segment.type, at);
    table.writeUInt32LE(segment.flags, at + 4);
    const { offset, address, fileSize, memorySize, alignment } = segment;
    [offset, address, address, fileSize, memorySize, alignment].forEach((value, field) => {
      writeAddress(table, at + 8 + field * 8, value);
    });
  });
  return table;
}

/**
 * Takes a hole out of a file: the segment around it becomes two, and what lies behind it in the file moves up. Addresses
 * stay as they are; those of the hole belong to nothing any more. The hole must be made of whole pages.
 */
export function cutHole(
  file: Buffer,
  segments: readonly Segment[],
  hole: Hole,
): { bytes: Buffer; segments: Segment[] } {
  const around = segments.find(
    ({ type, address, fileSize }) =>
      type === SegmentType.load && address < hole.address && hole.address + hole.size < address + fileSize,
  );
  if (around === undefined) throw new Error('the hole lies in no segment');
  const start = around.offset + hole.address - around.address;
  return {
    bytes: Buffer.concat([file.subarray(0, start), file.subarray(start + hole.size)]),
    segments: segments.flatMap((segment) => {
      if (segment === around) return split(segment, hole, start);
      return segment.offset > start ? [{ ...segment, offset: segment.offset - hole.size }] : [segment];
    }),
  };
}

function split(segment: Segment, hole: Hole, start: number): [Segment, Segment] {
  const before = hole.address - segment.address;
  const behind = before + hole.size;
  return [
    { ...segment, fileSize: before, memorySize: before },
    {
      ...segment,
      offset: start,
      address: segment.address + behind,
      fileSize: segment.fileSize - behind,
      memorySize: segment.memorySize - behind,
    },
  ];
}
