import { describe, expect, test } from 'vitest';
import { inVersionRange, isVersionRange } from '../../../src/contract/version-range.ts';

describe('inVersionRange', () => {
  test.each([
    ['3.12.1', '>=3.12', true],
    ['3.11.9', '>=3.12', false],
    ['3.12.1', '3.12', true],
    ['3.12.1', '>=3.9,<4.0', true],
    ['4.0.0', '>=3.9,<4.0', false],
    ['3.12.1', '*', true],
    [undefined, '*', true],
    [undefined, '>=1', false],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(inVersionRange(version, range)).toBe(expected);
  });
});

test('a range may be written with commas, and nonsense is none', () => {
  expect(isVersionRange('>=3.9, <4')).toBe(true);
  expect(isVersionRange('newest')).toBe(false);
});
