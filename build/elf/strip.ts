import { type Elf, SECTION_SIZE, SectionFlag, readAddress, readElf, writeAddress } from './read.ts';

const SectionType = { empty: 0 } as const;

/**
 * Drops what a running program never maps (symbol table, debug sections) and writes a section table without it.
 * What is left is a copy: every byte that a segment names stays where it was.
 */
export function stripElf(file: Buffer): Buffer {
  const elf = readElf(file);
  const sections = readSections(file, elf);
  const names = sections[elf.sectionNamesIndex];
  if (names === undefined) throw new Error('the ELF file has no section names');
  const kept = sections.filter(
    ({ type, flags }) => type === SectionType.empty || flags & SectionFlag.allocated,
  );

  const end = Math.max(...elf.segments.map(({ offset, fileSize }) => offset + fileSize));
  const namesAt = alignTo(end, 8);
  const nameTable = file.subarray(names.offset, names.offset + names.size);
  const tableAt = alignTo(namesAt + nameTable.length, 8);

  const stripped = Buffer.alloc(tableAt + (kept.length + 1) * SECTION_SIZE);
  file.copy(stripped, 0, 0, end);
  nameTable.copy(stripped, namesAt);
  [...kept, names].forEach((section, index) => {
    const at = tableAt + index * SECTION_SIZE;
    file.copy(stripped, at, section.header, section.header + SECTION_SIZE);
    stripped.writeUInt32LE(renumbered(kept, section.link), at + 40);
    stripped.writeUInt32LE(section.infoIsSection ? renumbered(kept, section.info) : section.info, at + 44);
  });
  writeAddress(stripped, tableAt + kept.length * SECTION_SIZE + 24, namesAt);

  writeAddress(stripped, 40, tableAt);
  stripped.writeUInt16LE(kept.length + 1, 60);
  stripped.writeUInt16LE(kept.length, 62);
  return stripped;
}

interface Section {
  readonly index: number;
  readonly header: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly infoIsSection: boolean;
}

function readSections(file: Buffer, elf: Elf): Section[] {
  return Array.from({ length: elf.sectionCount }, (_, index) => {
    const header = elf.sectionTable + index * SECTION_SIZE;
    const flags = readAddress(file, header + 8);
    return {
      index,
      header,
      type: file.readUInt32LE(header + 4),
      flags,
      offset: readAddress(file, header + 24),
      size: readAddress(file, header + 32),
      link: file.readUInt32LE(header + 40),
      info: file.readUInt32LE(header + 44),
      infoIsSection: (flags & 0x40) !== 0,
    };
  });
}

/** Where a section went; 0, the empty section, for one that is gone. */
function renumbered(kept: readonly Section[], index: number): number {
  return Math.max(
    0,
    kept.findIndex((section) => section.index === index),
  );
}

function alignTo(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
