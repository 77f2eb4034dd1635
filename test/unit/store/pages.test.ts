import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberAfter, textAfter, toPage } from '../../../src/store/pages.ts';

test('following the cursors shows every item once, in order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.integer({ min: 1, max: 10 }), (numbers, limit) => {
      const all = numbers.toSorted((one, other) => one - other);
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const after = numberAfter({ limit, cursor });
        const rows = all.filter((number) => after === null || number > after).slice(0, limit + 1);
        const page = toPage(rows, { limit, cursor }, (number) => number);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(all);
    }),
  );
});

test('a cursor of text brings the text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { next_cursor: cursor } = toPage([text, 'more'], { limit: 1 }, (item) => item);
      expect(textAfter({ limit: 1, cursor: cursor ?? '' })).toBe(text);
    }),
  );
});

test.each(['nonsense', '%%%', 'MS41'])('%j is no cursor of a list by number', (cursor) => {
  expect(() => numberAfter({ limit: 1, cursor })).toThrow(
    expect.objectContaining({ code: 'invalid_cursor' }),
  );
});
