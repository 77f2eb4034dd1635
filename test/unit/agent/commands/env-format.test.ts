import { expect, test } from 'vitest';
import { formatAge, formatBytes } from '../../../../src/agent/commands/env/format.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [20 * 1024 ** 3, '20.0 GiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [-1000, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [26 * 3_600_000, '1d'],
])('%i ms ago is %s', (milliseconds, text) => {
  expect(formatAge(milliseconds)).toBe(text);
});
