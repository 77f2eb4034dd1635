import { describe, expect, test } from 'vitest';
import { byteRange, isKnown } from '../../../../src/server/http/byte-range.ts';

const file = { size: 100, etag: '"a"' };

describe('the bytes that a Range header asks for', () => {
  test.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    ['bytes=-5', { start: 95, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['BYTES=99-99', { start: 99, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=9-3', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['lines=0-1', 'whole'],
    ['bytes=a-b', 'whole'],
    [undefined, 'whole'],
  ])('%s', (range, expected) => {
    expect(byteRange({ range }, file)).toEqual(expected);
  });

  test.each([
    ['"a"', { start: 0, end: 9 }],
    ['"b"', 'whole'],
    ['W/"a"', 'whole'],
    ['Sat, 21 Nov 2026 12:00:00 GMT', 'whole'],
  ])('If-Range %s', (ifRange, expected) => {
    expect(byteRange({ range: 'bytes=0-9', 'if-range': ifRange }, file)).toEqual(expected);
  });
});

test.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
  [undefined, false],
])('If-None-Match %s: %s', (header, expected) => {
  expect(isKnown(header, '"a"')).toBe(expected);
});
