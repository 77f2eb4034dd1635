import * as fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBatcher } from '../../../src/shared/batcher.ts';

describe('createBatcher', () => {
  test('an idle batcher runs at once; calls meanwhile are joined', async () => {
    const batches: number[][] = [];
    const batch = createBatcher(async (items: number[]) => {
      batches.push(items);
      await turn();
      return items.map((item) => item * 2);
    });
    expect(await Promise.all([batch(1), batch(2), batch(3)])).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  test('a failed batch fails its own items only', async () => {
    const batch = createBatcher(async (items: number[]) => {
      await turn();
      if (items.includes(1)) throw new Error('no');
      return items;
    });
    const results = await Promise.allSettled([batch(1), batch(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('an item that is at fault fails alone, where that is asked for', async () => {
    const batches: number[][] = [];
    const batch = createBatcher(
      async (items: number[]) => {
        batches.push(items);
        await turn();
        if (items.includes(3)) throw new Error('not 3');
        return items;
      },
      { isolates: (error) => error instanceof Error && error.message === 'not 3' },
    );
    const results = await Promise.allSettled([1, 2, 3, 4].map((item) => batch(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
  });

  test('every caller gets its own answer, in batches of at most the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 5 }), async (items, most) => {
        const batch = createBatcher(
          async (some: number[]) => {
            expect(some.length).toBeLessThanOrEqual(most);
            await turn();
            return some.map(String);
          },
          { most },
        );
        expect(await Promise.all(items.map((item) => batch(item)))).toEqual(items.map(String));
      }),
    );
  });
});
