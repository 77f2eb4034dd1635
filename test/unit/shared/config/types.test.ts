import { expect, test } from 'vitest';
import { bytes } from '../../../../src/shared/config/types.ts';

test.each([
  ['0', 0],
  [4096, 4096],
  ['512m', 512 * 1024 ** 2],
  ['1.5k', 1536],
  ['20G', 20 * 1024 ** 3],
  ['1 TB', 1024 ** 4],
])('the size %s', (text, value) => {
  expect(bytes.parse(text)).toBe(value);
});

test.each(['', 'much', '-1', '1x', '1e9'])('%j is no size', (text) => {
  expect(bytes.safeParse(text).error?.issues[0]?.message).toContain('must be a size like');
});
