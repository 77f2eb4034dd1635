import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { age, duration } from '../../../../src/cli/format/age.ts';

const now = new Date('2026-03-01T12:00:00Z');

test.each([
  ['2026-03-01T12:00:05Z', '0s'],
  ['2026-03-01T11:59:15Z', '45s'],
  ['2026-03-01T11:56:30Z', '3m'],
  ['2026-03-01T06:59:00Z', '5h'],
  ['2026-02-17T11:00:00Z', '12d'],
])('the age of %s is %s', (moment, text) => {
  expect(age(moment, now)).toBe(text);
});

test.each([
  [0, '0ms'],
  [999.4, '999ms'],
  [1000, '1.0s'],
  [59_949, '59.9s'],
  [59_950, '1m0s'],
  [125_000, '2m5s'],
  [3_599_999, '1h0m'],
  [11_220_000, '3h7m'],
])('%f milliseconds are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test('a duration never shows 60 of anything', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (milliseconds) => {
      expect(duration(milliseconds)).not.toMatch(/(^|\D)60(\.0)?[sm]/);
    }),
  );
});
