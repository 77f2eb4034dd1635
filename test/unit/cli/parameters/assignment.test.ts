import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAssignments } from '../../../../src/cli/parameters/assignment.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/);
const anyText = fc.string({ unit: 'binary' });

describe('parseAssignments', () => {
  test('keeps every text after the first = as it is', () => {
    fc.assert(
      fc.property(
        name,
        anyText.filter((text) => !text.startsWith('@')),
        (key, value) => {
          expect(parseAssignments([`${key}=${value}`])).toEqual([{ name: key, kind: 'text', value }]);
        },
      ),
    );
  });

  test('tells JSON and files from texts by the sign', () => {
    fc.assert(
      fc.property(name, anyText, (key, value) => {
        expect(parseAssignments([`${key}:=${value}`])).toEqual([{ name: key, kind: 'json', value }]);
        expect(parseAssignments([`${key}=@${value}`])).toEqual([{ name: key, kind: 'file', value }]);
      }),
    );
  });

  test('reads a word or refuses it, and never fails otherwise', () => {
    fc.assert(
      fc.property(fc.array(anyText), (words) => {
        expect([words.length, 'refused']).toContain(outcomeOf(words));
      }),
    );
  });

  test('names every word that is wrong at once', () => {
    expect(() => parseAssignments(['a=1', 'b', '=3', 'a=2', 'ok='])).toThrow(
      expect.objectContaining({
        code: 'invalid_arguments',
        violations: [
          { path: 'b', message: 'is not key=value, key:=JSON or key=@FILE' },
          { path: '=3', message: 'is not key=value, key:=JSON or key=@FILE' },
          { path: 'a=2', message: 'gives a a second time' },
        ],
      }),
    );
  });
});

function outcomeOf(words: readonly string[]): number | 'refused' {
  try {
    return parseAssignments(words).length;
  } catch (error) {
    if (error instanceof AttuneError) return 'refused';
    throw error;
  }
}
