import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { PostgresSubscription } from '../../../../src/broker/postgres/subscription.ts';
import type { NextClaims, Work } from '../../../../src/broker/road.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';
import { createLogger } from '../../../../src/shared/logger.ts';

const logger = createLogger('silent');

test('a wake while a claim is under way is not lost', async () => {
  const scene = makeScene(2);
  scene.subscription.wake();
  expect(scene.pending).toHaveLength(1);
  scene.stored.push(1);
  scene.subscription.wake();
  scene.answer([]);
  await vi.waitFor(() => expect(scene.pending).toHaveLength(1));
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(1));
  await scene.end();
});

test('a wake while no slot is free is kept until one is', async () => {
  const scene = makeScene(1);
  scene.stored.push(1);
  scene.subscription.wake();
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(1));
  scene.stored.push(2);
  scene.subscription.wake();
  expect(scene.pending).toHaveLength(0);
  await scene.works[0]?.settle();
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(2));
  await scene.end();
});

test('a freed slot asks for nothing where nothing waits', async () => {
  const scene = makeScene(1);
  scene.stored.push(1);
  scene.subscription.wake();
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(1));
  await scene.works[0]?.settle();
  expect(scene.pending).toHaveLength(0);
  await scene.end();
});

test('settling twice frees one slot', async () => {
  const scene = makeScene(1);
  scene.stored.push(1, 2, 3);
  scene.subscription.wake();
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(1));
  await scene.works[0]?.settle();
  await scene.works[0]?.settle();
  expect(scene.asked.at(-1)).toBe(1);
  await scene.end();
});

test('a stop waits for the claim under way and hands its works out', async () => {
  const scene = makeScene(1);
  scene.stored.push(1);
  scene.subscription.wake();
  let stopped = false;
  const stopping = scene.subscription.stop().then(() => (stopped = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  scene.answer();
  await stopping;
  expect(scene.works).toHaveLength(1);
});

test('a claim that fails is made again without a wake', async () => {
  const scene = makeScene(1);
  scene.stored.push(1);
  scene.subscription.wake();
  scene.fail();
  await vi.waitFor(() => expect(scene.pending).toHaveLength(1));
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(1));
  await scene.end();
});

test('a paused subscription claims nothing, and looks when it is resumed', async () => {
  const scene = makeScene(1);
  scene.subscription.pause();
  scene.stored.push(1);
  scene.subscription.wake();
  expect(scene.pending).toHaveLength(0);
  scene.subscription.resume();
  await vi.waitFor(() => expect(scene.pending).toHaveLength(1));
  scene.answer();
  await vi.waitFor(() => expect(scene.works).toHaveLength(1));
  await scene.end();
});

test('whatever comes between what, nothing stored is left while a slot is free, and claims never overlap', async () => {
  const steps = fc.array(fc.constantFrom('store', 'answer', 'settle', 'turn', 'pause', 'resume'), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (slots, sequence) => {
      const scene = makeScene(slots);
      let next = 0;
      for (const step of sequence) {
        if (step === 'store') {
          scene.stored.push((next += 1));
          scene.subscription.wake();
        } else if (step === 'answer') scene.answer();
        else if (step === 'pause' || step === 'resume') scene.subscription[step]();
        else if (step === 'settle') void scene.works.find((work) => !scene.settled.has(work))?.settle();
        else await Promise.resolve();
        expect(scene.pending.length).toBeLessThanOrEqual(1);
      }
      scene.subscription.resume();
      await scene.rest();
      const free = slots - (scene.works.length - scene.settled.size);
      expect(free === 0 || scene.stored.length === 0).toBe(true);
      expect(new Set(scene.works.map(({ claimed }) => claimed)).size).toBe(scene.works.length);
      await scene.end();
    }),
  );
});

/** A subscription whose claims wait until the test answers them, over a table `stored` of what is to be claimed. */
function makeScene(slots: number) {
  const stored: number[] = [];
  const works: Work<number>[] = [];
  const settled = new Set<Work<number>>();
  const asked: number[] = [];
  const pending: { count: number; resolve(claims: NextClaims<number>): void; reject(error: Error): void }[] =
    [];
  const subscription = new PostgresSubscription<number>(
    {
      pool: 'p',
      slots,
      occupied: 0,
      claims: {
        claim: () => Promise.resolve([]),
        claimNext: (_, count) => {
          asked.push(count);
          const { promise, resolve, reject } = Promise.withResolvers<NextClaims<number>>();
          pending.push({ count, resolve, reject });
          return promise;
        },
      },
      onWork: (given) => {
        const work: Work<number> = {
          claimed: given.claimed,
          settle: () => {
            settled.add(work);
            return given.settle();
          },
        };
        works.push(work);
      },
    },
    logger,
  );
  const answer = (claimed?: number[]) => {
    const claim = pending.shift();
    claim?.resolve({ claimed: claimed ?? stored.splice(0, claim.count), more: stored.length > 0 });
  };
  /** Answers until nothing moves any more. */
  const rest = async () => {
    do {
      answer();
      await new Promise((resolve) => setImmediate(resolve));
    } while (pending.length > 0);
  };
  return {
    subscription,
    stored,
    works,
    settled,
    asked,
    pending,
    answer,
    rest,
    fail: () => pending.shift()?.reject(new AttuneError('x', 'away', { retryable: true })),
    end: async () => {
      const stopping = subscription.stop();
      await rest();
      await stopping;
    },
  };
}
