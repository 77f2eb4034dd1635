import { describe, expect, test } from 'vitest';

import { HEADER_SIZE, SEGMENT_SIZE, SegmentType, readAddress, readElf } from '../../../build/elf/read.ts';
import { STUB_ADDRESS, seal } from '../../../build/seal.ts';
import { ordinary, tinyElf } from '../../support/sealed/tiny-elf.ts';

const stub = Buffer.concat([Buffer.from('code'), Buffer.from('ATTESEAL'), Buffer.alloc(304)]);
const loader = Buffer.from('the loader');
const libraries = [Buffer.from('first library'), Buffer.from('second')];
const PARAMETERS_AT = 12;

function parametersOf(sealed: Buffer): number[] {
  const at = sealed.indexOf('ATTESEAL') + 8;
  return Array.from({ length: 10 }, (_, index) => readAddress(sealed, at + index * 8));
}

describe('a sealed file', () => {
  const program = tinyElf(ordinary);
  const sealed = seal({ program, stub, loader, libraries });
  const elf = readElf(sealed);
  const segment = elf.segments.find(({ address }) => address === STUB_ADDRESS);

  test('has no interpreter, and the stub in its place, first in memory', () => {
    expect(elf.segments.map(({ type }) => type)).toEqual([
      SegmentType.table,
      SegmentType.load,
      SegmentType.load,
    ]);
    expect(segment).toMatchObject({ flags: 5, alignment: 0x1_0000 });
    expect(elf.entry).toBe(STUB_ADDRESS);
  });

  test('carries the stub, the loader and the libraries, each on a page of its own', () => {
    const [, , , count, ...places] = parametersOf(sealed);
    expect(count).toBe(2);
    const parts = [loader, ...libraries].map((part, index) => {
      const [offset = 0, size = 0] = places.slice(index * 2);
      expect(offset % 0x1_0000).toBe(0);
      return { stored: sealed.subarray(offset, offset + size).toString(), part: part.toString() };
    });
    for (const { stored, part } of parts) expect(stored).toBe(part);
    expect((segment?.offset ?? 1) % 0x1_0000).toBe(0);
    expect(sealed.toString('latin1', segment?.offset, (segment?.offset ?? 0) + PARAMETERS_AT)).toBe(
      'codeATTESEAL',
    );
  });

  test('keeps for ld.so what it changed: the entry, and the table with the interpreter', () => {
    const [entry, tableAddress = 0, tableLength] = parametersOf(sealed);
    expect({ entry, tableLength }).toEqual({ entry: 0x40_1234, tableLength: 3 });
    const tableAt = (segment?.offset ?? 0) + tableAddress - STUB_ADDRESS;
    const types = [0, 1, 2].map((index) => sealed.readUInt32LE(tableAt + index * SEGMENT_SIZE));
    expect(types).toEqual([SegmentType.table, SegmentType.interpreter, SegmentType.load]);
    expect(readAddress(sealed, tableAt + 16)).toBe(tableAddress);
  });

  test('leaves the input alone', () => {
    expect(program.equals(tinyElf(ordinary))).toBe(true);
    expect(readAddress(sealed, HEADER_SIZE + 16)).toBe(0x40_0040);
  });
});

describe('what cannot be sealed', () => {
  const [table, interpreter, load] = ordinary;
  if (!table || !interpreter || !load) throw new Error('incomplete');
  test.each([
    ['a file for any address', tinyElf(ordinary, 3), 'not linked to a fixed address'],
    ['a static file', tinyElf([table, load]), 'no PT_INTERP'],
    [
      'one in the place of the stub',
      tinyElf([interpreter, { ...load, address: 0x20_8000 }]),
      'where the stub must be',
    ],
  ])('%s', (_name, program, message) => {
    expect(() => seal({ program, stub, loader, libraries })).toThrow(message);
  });

  test('more libraries than there is room for', () => {
    const many = Array.from({ length: 17 }, () => loader);
    expect(() => seal({ program: tinyElf(ordinary), stub, loader, libraries: many })).toThrow(
      'more than 16 libraries',
    );
  });

  test('without a stub that takes parameters', () => {
    const broken = { program: tinyElf(ordinary), stub: Buffer.from('code'), loader, libraries };
    expect(() => seal(broken)).toThrow('no room for its parameters');
  });
});
