import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { interpreterPath, neededLibraries } from '../../../build/elf/needed.ts';
import { ElfType, SegmentType, offsetOfAddress, readElf } from '../../../build/elf/read.ts';
import { stripElf } from '../../../build/elf/strip.ts';

// Real executables instead of made-up bytes: the Node that runs this test is one.
const onLinux = process.platform === 'linux';

describe.runIf(onLinux)('an ELF file', () => {
  let node = Buffer.alloc(0);
  beforeAll(() => {
    node = readFileSync(process.execPath);
  });

  test('is read: type, architecture, segments', () => {
    const elf = readElf(node);
    expect(elf).toMatchObject({ type: ElfType.executable, architecture: process.arch });
    expect(elf.segments.filter(({ type }) => type === SegmentType.load).length).toBeGreaterThan(2);
  });

  test('names its interpreter and the libraries that it needs', () => {
    expect(interpreterPath(node)).toMatch(/\/ld-linux[^/]*\.so\.\d$/);
    expect(neededLibraries(node)).toEqual(
      expect.arrayContaining(['libc.so.6', 'libstdc++.so.6', 'libm.so.6']),
    );
  });

  test('tells where in the file an address is', () => {
    const elf = readElf(node);
    expect(node.subarray(offsetOfAddress(elf, elf.entry)).length).toBeGreaterThan(0);
    expect(() => offsetOfAddress(elf, 1)).toThrow('address 0x1 is not in the file');
  });

  describe('stripped', () => {
    const directory = mkdtempSync(join(tmpdir(), 'attune-strip-'));
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });

    test('is smaller, keeps every mapped byte, and runs', () => {
      const stripped = stripElf(node);
      expect(stripped.length).toBeLessThan(node.length);
      const mapped = readElf(node).segments.filter(({ type }) => type === SegmentType.load);
      // Behind the header, in which the place of the section table changes.
      const bytesOf = (file: Buffer): Buffer[] =>
        mapped.map(({ offset, fileSize }) => file.subarray(Math.max(offset, 64), offset + fileSize));
      expect(bytesOf(stripped).every((bytes, index) => bytesOf(node)[index]?.equals(bytes))).toBe(true);

      const path = join(directory, 'node');
      writeFileSync(path, stripped, { mode: 0o755 });
      expect(execFileSync(path, ['-p', '6 * 7'], { encoding: 'utf8' })).toBe('42\n');
    });

    test('cannot be stripped further', () => {
      const once = stripElf(node);
      expect(stripElf(once).equals(once)).toBe(true);
    });
  });
});

describe('what is not an ELF file', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'not an ELF file'],
    ['a script', Buffer.from('#!/bin/sh\n'.repeat(20)), 'not an ELF file'],
    [
      'a 32-bit file',
      Buffer.from(`\u007fELF\u0001\u0001${'\0'.repeat(64)}`),
      'not a 64-bit little-endian ELF file',
    ],
  ])('%s is refused', (_name, bytes, message) => {
    expect(() => readElf(bytes)).toThrow(message);
  });
});
