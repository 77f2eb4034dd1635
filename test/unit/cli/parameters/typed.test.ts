import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { typed } from '../../../../src/cli/parameters/typed.ts';

describe('typed', () => {
  test.each([
    ['3', 'integer', 3],
    ['-2.5e3', 'number', -2500],
    ['0x10', 'integer', '0x10'],
    ['', 'integer', ''],
    [' 3', 'integer', ' 3'],
    ['Infinity', 'number', 'Infinity'],
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['yes', 'boolean', 'yes'],
    ['constructor', 'boolean', 'constructor'],
    ['3', 'string', '3'],
    ['true', 'any', 'true'],
    ['null', 'null', null],
    ['[1, "a"]', 'array', [1, 'a']],
    ['{"a": 1}', 'object', { a: 1 }],
    ['{"a": 1}', 'array', '{"a": 1}'],
    ['{broken', 'object', '{broken'],
    ['3', undefined, '3'],
  ] as const)('%j as %s', (text, type, value) => {
    expect(typed(text, type === undefined ? {} : { type })).toEqual(value);
  });

  test('takes the first type that fits, but a string where one may be', () => {
    expect(typed('3', { type: ['null', 'integer'] })).toBe(3);
    expect(typed('null', { type: ['null', 'integer'] })).toBeNull();
    expect(typed('3', { type: ['integer', 'string'] })).toBe('3');
  });

  test('leaves a text alone for a parameter that the action does not have', () => {
    expect(typed('3', undefined)).toBe('3');
  });

  test('gives every number back that JSON writes', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
        (value) => {
          expect(typed(JSON.stringify(value), { type: 'number' })).toBe(value);
        },
      ),
    );
  });
});
