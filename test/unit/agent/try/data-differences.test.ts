import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differencesOfData } from '../../../../src/agent/try/data-differences.ts';
import { jsonValue } from '../../../../src/contract/parameter-schema.ts';

/** As it travels, without -0. */
const json = fc.jsonValue().map((value) => jsonValue.parse(JSON.parse(JSON.stringify(value))));

describe('data as a whole', () => {
  test('do not differ from themselves', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(differencesOfData(value, structuredClone(value), 'whole')).toEqual([]);
      }),
    );
  });

  test('differ from all others', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        expect(differencesOfData(one, other, 'whole').length === 0).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });

  test('differ place by place', () => {
    const expected = { sum: 4, of: [1, { a: 1 }], gone: null, constructor: 'x' };
    expect(differencesOfData(expected, { sum: '4', of: [1, { a: 2 }, 3], more: [] }, 'whole')).toEqual([
      { field: 'data.sum', expected: '4', actual: '"4"' },
      { field: 'data.of[1].a', expected: '1', actual: '2' },
      { field: 'data.of[2]', expected: 'nothing', actual: '3' },
      { field: 'data.gone', expected: 'null', actual: 'nothing' },
      { field: 'data.constructor', expected: '"x"', actual: 'nothing' },
      { field: 'data.more', expected: 'nothing', actual: '[]' },
    ]);
  });

  test('that are of another kind differ as a whole', () => {
    expect(differencesOfData({ a: 1 }, [1], 'whole')).toEqual([
      { field: 'data', expected: '{"a":1}', actual: '[1]' },
    ]);
    expect(differencesOfData([], null, 'whole')).toEqual([{ field: 'data', expected: '[]', actual: 'null' }]);
  });

  test('that are long are shortened, and not all of many are told', () => {
    const [first] = differencesOfData('x'.repeat(1000), 'y', 'whole');
    expect(first?.expected).toHaveLength(501);
    expect(
      differencesOfData(
        Array.from({ length: 100 }, () => 1),
        [],
        'whole',
      ),
    ).toHaveLength(20);
  });
});

describe('a part of data', () => {
  test.each([
    [{ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }],
    [[{ a: 1 }], [{ a: 1, b: 2 }]],
    [{}, { a: 1 }],
  ])('%j is in %j', (part, whole) => {
    expect(differencesOfData(part, whole, 'part')).toEqual([]);
  });

  test.each([
    [{ a: 1 }, {}],
    [[1], [1, 2]],
    [{ a: [] }, { a: {} }],
  ])('%j is not in %j', (part, whole) => {
    expect(differencesOfData(part, whole, 'part')).toHaveLength(1);
  });
});
