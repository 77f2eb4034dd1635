import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputQueue } from '../../../../../src/agent/host/supervised/output-queue.ts';

test('pieces are handed out in order, one at a time, and no more credit is given than was taken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(100_000), fc.boolean())), async (pieces) => {
      const taken: number[] = [];
      let busy = 0;
      let most = 0;
      let credit = 0;
      const queue = new OutputQueue(
        'stdout',
        async (_stream, bytes) => {
          busy += 1;
          most = Math.max(most, busy);
          if (pieces[taken.length]?.[1] === true) await Promise.resolve();
          taken.push(bytes.length);
          busy -= 1;
        },
        (bytes) => {
          credit += bytes;
        },
      );
      for (const [size] of pieces) queue.push({ bytes: Buffer.alloc(size), offset: 0 });
      await queue.idle();
      const total = pieces.reduce((sum, [size]) => sum + size, 0);
      expect(taken).toEqual(pieces.map(([size]) => size));
      expect(most).toBeLessThanOrEqual(1);
      expect(credit).toBeLessThanOrEqual(total);
      expect(total - credit).toBeLessThan(32 * 1024);
    }),
  );
});
