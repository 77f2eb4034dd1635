import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { offsetOfAddress, readElf } from '../../../build/elf/read.ts';
import { trimLocales } from '../../../build/trim-locales.ts';

describe.runIf(process.platform === 'linux')('the locale data of Node', () => {
  const program = readFileSync(process.execPath);
  const hole = trimLocales(program);

  test('leaves a hole of whole pages, of 20 MB or more', () => {
    expect(hole.size).toBeGreaterThan(20e6);
    expect([hole.address % 0x1_0000, hole.size % 0x1_0000]).toEqual([0, 0]);
  });

  test('keeps English and time zones, drops other languages', () => {
    const names = contentsOf(program);
    expect(names).toEqual(
      expect.arrayContaining(['root.res', 'en.res', 'zoneinfo64.res', 'nfkc.nrm', 'coll/root.res']),
    );
    expect(names).not.toContain('de.res');
    expect(names).not.toContain('brkitr/thaidict.dict');
  });

  test('keeps the table of contents sorted, as ICU searches it', () => {
    const names = contentsOf(program).map((name) => Buffer.from(name));
    expect(names).toEqual(names.toSorted((a, b) => a.compare(b)));
  });

  test('nothing that is kept reaches into the hole', () => {
    const start = offsetOfAddress(readElf(program), hole.address);
    const { data, offsets } = tableOf(program);
    expect(Math.max(...offsets.map((offset) => data + offset))).toBeLessThan(start);
  });
});

test('a program without ICU data is refused', () => {
  expect(() => trimLocales(Buffer.from('CmnD, but not the data'))).toThrow('no ICU data');
});

/** An independent reading of ICU's table of contents. */
function tableOf(program: Buffer): { data: number; nameOffsets: number[]; offsets: number[] } {
  const magic = Buffer.from([0xda, 0x27, 0x14, 0, 0, 0, 0, 0, 2, 0, 0x43, 0x6d, 0x6e, 0x44]);
  const header = program.indexOf(magic) - 2;
  const data = header + program.readUInt16LE(header);
  const indexes = Array.from({ length: program.readUInt32LE(data) }, (_, index) => data + 4 + index * 8);
  return {
    data,
    nameOffsets: indexes.map((at) => program.readUInt32LE(at)),
    offsets: indexes.map((at) => program.readUInt32LE(at + 4)),
  };
}

function contentsOf(program: Buffer): string[] {
  const { data, nameOffsets } = tableOf(program);
  return nameOffsets.map((offset) => {
    const start = data + offset;
    return program.toString('latin1', start, program.indexOf(0, start)).replace(/^icudt\d+l\//, '');
  });
}
