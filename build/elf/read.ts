/** Numbers from the ELF specification, as far as the build needs them. */
export const ElfType = { executable: 2, shared: 3 } as const;
export const SegmentType = { load: 1, dynamic: 2, interpreter: 3, table: 6 } as const;
export const SegmentFlag = { execute: 1, write: 2, read: 4 } as const;
export const SectionFlag = { allocated: 2 } as const;
export const machineNames: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' };

export const HEADER_SIZE = 64;
export const SEGMENT_SIZE = 56;
export const SECTION_SIZE = 64;

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

export interface Elf {
  readonly type: number;
  /** `x64`, `arm64`, or undefined for any other machine. */
  readonly architecture: string | undefined;
  readonly entry: number;
  readonly segmentTable: number;
  readonly segments: readonly Segment[];
  readonly sectionTable: number;
  readonly sectionCount: number;
  readonly sectionNamesIndex: number;
}

/** Reads the header and the segments of a 64-bit little-endian ELF file. */
export function readElf(file: Buffer): Elf {
  if (file.length < HEADER_SIZE || file.toString('latin1', 0, 4) !== '\u007fELF') {
    throw new Error('not an ELF file');
  }
  if (file[4] !== 2 || file[5] !== 1) throw new Error('not a 64-bit little-endian ELF file');
  const segmentTable = readAddress(file, 32);
  const segmentCount = file.readUInt16LE(56);
  return {
    type: file.readUInt16LE(16),
    architecture: machineNames[file.readUInt16LE(18)],
    entry: readAddress(file, 24),
    segmentTable,
    segments: Array.from({ length: segmentCount }, (_, index) =>
      readSegment(file, segmentTable + index * SEGMENT_SIZE),
    ),
    sectionTable: readAddress(file, 40),
    sectionCount: file.readUInt16LE(60),
    sectionNamesIndex: file.readUInt16LE(62),
  };
}

/** The place in the file of what is mapped at an address. */
export function offsetOfAddress(elf: Elf, address: number): number {
  const segment = elf.segments.find(
    ({ type, address: start, fileSize }) =>
      type === SegmentType.load && address >= start && address < start + fileSize,
  );
  if (segment === undefined) throw new Error(`address 0x${address.toString(16)} is not in the file`);
  return address - segment.address + segment.offset;
}

/** Where a place in the file is mapped. */
export function addressOfOffset(elf: Elf, offset: number): number {
  const segment = elf.segments.find(
    ({ type, offset: start, fileSize }) =>
      type === SegmentType.load && offset >= start && offset < start + fileSize,
  );
  if (segment === undefined) throw new Error(`offset 0x${offset.toString(16)} is not mapped`);
  return segment.address + offset - segment.offset;
}

/** A 64-bit field as a number: the files and addresses here stay far below 2^53. */
export function readAddress(file: Buffer, offset: number): number {
  return Number(file.readBigUInt64LE(offset));
}

export function writeAddress(file: Buffer, offset: number, value: number): void {
  file.writeBigUInt64LE(BigInt(value), offset);
}

function readSegment(file: Buffer, at: number): Segment {
  return {
    type: file.readUInt32LE(at),
    flags: file.readUInt32LE(at + 4),
    offset: readAddress(file, at + 8),
    address: readAddress(file, at + 16),
    fileSize: readAddress(file, at + 32),
    memorySize: readAddress(file, at + 40),
    alignment: readAddress(file, at + 48),
  };
}
