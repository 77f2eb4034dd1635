import { expect, test } from 'vitest';
import { bytes } from '../../../../src/cli/format/bytes.ts';

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2, '1.0 MiB'],
  [1024 ** 3 * 2000, '2000.0 GiB'],
])('%i', (size, expected) => {
  expect(bytes(size)).toBe(expected);
});
