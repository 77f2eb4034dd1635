import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slots } from '../../../../../src/agent/host/supervised/slots.ts';

test('a slot has one owner at a time, and no more are handed out than there are', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (steps) => {
      const slots = new Slots<string>(5);
      const taken: number[] = [];
      for (const take of steps) {
        const slot = take ? slots.reserve() : undefined;
        if (slot !== undefined) {
          slots.set(slot, 'job');
          taken.push(slot);
        }
        const released = take ? undefined : taken.shift();
        if (released !== undefined) slots.release(released);
        expect(new Set(taken).size).toBe(taken.length);
        expect(slots.all().length).toBe(taken.length);
        expect(taken.length).toBeLessThanOrEqual(5);
      }
    }),
  );
});
