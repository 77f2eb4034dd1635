import { expect, test } from 'vitest';
import { detectLibc } from '../../../../../src/agent/detect/container/libc.ts';
import { folderWith } from '../../../../support/folder.ts';

const glibc = 'ELF\0ld.so (Debian GLIBC 2.36-9) stable release version 2.36.\0';

test('a scratch image has none', () => {
  expect(detectLibc(folderWith({ attune: '' }))).toBe('none');
});

test('glibc, as it tells its version since 2.33', () => {
  expect(detectLibc(folderWith({ 'lib64/ld-linux-x86-64.so.2': glibc }))).toBe('glibc 2.36');
});

test('glibc, as it told its version before', () => {
  const root = folderWith({
    'lib/x/ld-2.31.so': 'ELF',
    'lib64/ld-linux-x86-64.so.2': { link: '../lib/x/ld-2.31.so' },
  });
  expect(detectLibc(root)).toBe('glibc 2.31');
});

test('musl', () => {
  expect(detectLibc(folderWith({ 'lib/ld-musl-aarch64.so.1': 'ELF\0musl libc\0\x001.2.4\0' }))).toBe(
    'musl 1.2.4',
  );
});

test('where both are there, the loader of /bin/sh counts', () => {
  const root = folderWith({
    'bin/sh': 'ELF\0/lib/ld-musl-x86_64.so.1\0',
    'lib/ld-musl-x86_64.so.1': 'ELF',
    'lib64/ld-linux-x86-64.so.2': glibc,
  });
  expect(detectLibc(root)).toBe('musl');
});
