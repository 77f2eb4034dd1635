import { type Elf, SegmentType, offsetOfAddress, readAddress, readElf } from './read.ts';

const Tag = { end: 0, needed: 1, stringTable: 5 } as const;
const ENTRY_SIZE = 16;

/** The sonames of the libraries that an ELF file asks for itself (DT_NEEDED), in its order. */
export function neededLibraries(file: Buffer): string[] {
  const elf = readElf(file);
  const entries = dynamicEntries(file, elf);
  const table = entries.find(({ tag }) => tag === Tag.stringTable);
  if (table === undefined) return [];
  const strings = offsetOfAddress(elf, table.value);
  return entries.filter(({ tag }) => tag === Tag.needed).map(({ value }) => stringAt(file, strings + value));
}

/** The path of the program interpreter (ld.so) that an ELF file names, if it names one. */
export function interpreterPath(file: Buffer): string | undefined {
  const segment = readElf(file).segments.find(({ type }) => type === SegmentType.interpreter);
  return segment && stringAt(file, segment.offset);
}

function dynamicEntries(file: Buffer, elf: Elf): { tag: number; value: number }[] {
  const segment = elf.segments.find(({ type }) => type === SegmentType.dynamic);
  if (segment === undefined) return [];
  const entries = Array.from({ length: segment.fileSize / ENTRY_SIZE }, (_, index) => {
    const at = segment.offset + index * ENTRY_SIZE;
    return { tag: readAddress(file, at), value: readAddress(file, at + 8) };
  });
  const end = entries.findIndex(({ tag }) => tag === Tag.end);
  return end < 0 ? entries : entries.slice(0, end);
}

function stringAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}
