import { addressOfOffset, readElf } from './elf/read.ts';
import type { Hole } from './elf/segments.ts';

/** The largest page size there is: a hole must be made of whole pages on every machine. */
const PAGE = 0x1_0000;
const ENTRY_SIZE = 8;

/** What a program that speaks to machines needs of ICU: the root locale and English, and everything without a language. */
const keptLocales = /^(?:root|en|en_001|en_US|en_US_POSIX|pool|res_index)$/;
/** Tables for legacy encodings, names of characters, transliteration, and word lists of languages without spaces. */
const unneeded = /\.(?:cnv|dict)$|^unames\.icu$|^translit\//;

/**
 * Takes the locale data that an agent never touches out of the ICU that Node carries, some 30 MB. Works in place on the
 * bytes of the program, and returns the part of memory that is free afterwards.
 */
export function trimLocales(program: Buffer): Hole {
  const data = findData(program);
  const items = readItems(program, data);
  const keptItems = items.slice(0, -1).filter(({ name }) => isNeeded(name));

  const first = items[0]?.offset ?? 0;
  let end = first;
  keptItems.forEach(({ nameOffset, offset, size }, index) => {
    program.copy(program, data + end, data + offset, data + offset + size);
    program.writeUInt32LE(nameOffset, data + 4 + index * ENTRY_SIZE);
    program.writeUInt32LE(end, data + 8 + index * ENTRY_SIZE);
    end += size;
  });
  program.writeUInt32LE(keptItems.length, data);

  const elf = readElf(program);
  const limit = items.at(-1)?.offset ?? end;
  return wholePages(addressOfOffset(elf, data + end), addressOfOffset(elf, data + limit));
}

interface Item {
  readonly name: string;
  readonly nameOffset: number;
  readonly offset: number;
  /** Up to the next item; unknown, and 0, for the last. */
  readonly size: number;
}

/** The table of contents behind the header of ICU's common data: "CmnD", two magic bytes, a sane header size. */
function findData(program: Buffer): number {
  for (let at = program.indexOf('CmnD'); at >= 0; at = program.indexOf('CmnD', at + 1)) {
    const header = at - 12;
    if (program[header + 2] === 0xda && program[header + 3] === 0x27)
      return header + program.readUInt16LE(header);
  }
  throw new Error('there is no ICU data in this Node');
}

function readItems(program: Buffer, data: number): Item[] {
  const count = program.readUInt32LE(data);
  return Array.from({ length: count }, (_, index) => {
    const entry = data + 4 + index * ENTRY_SIZE;
    const nameOffset = program.readUInt32LE(entry);
    const offset = program.readUInt32LE(entry + 4);
    const next = index + 1 < count ? program.readUInt32LE(entry + 4 + ENTRY_SIZE) : offset;
    const start = data + nameOffset;
    // Names begin with the name of the data, as in "icudt78l/brkitr/en.res".
    const name = program.toString('latin1', start, program.indexOf(0, start)).replace(/^[^/]*\//, '');
    return { name, nameOffset, offset, size: next - offset };
  });
}

function isNeeded(name: string): boolean {
  if (unneeded.test(name)) return false;
  const locale = /^(?:[a-z]+\/)?([a-z]{2,3}(?:_[A-Za-z0-9_]+)?)\.res$/.exec(name)?.[1];
  return locale === undefined || keptLocales.test(locale);
}

function wholePages(start: number, end: number): Hole {
  const address = Math.ceil(start / PAGE) * PAGE;
  return { address, size: Math.floor(end / PAGE) * PAGE - address };
}
