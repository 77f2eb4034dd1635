import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PoolConsumer, type Stay } from '../../../../../src/agent/link/direct/pool-consumer.ts';
import type { Assigned } from '../../../../../src/agent/link/link.ts';
import type { Work } from '../../../../../src/broker/road.ts';
import { assignment } from '../../../../../src/contract/assignment.ts';

const claimed = assignment.parse({
  execution: 1,
  epoch: 1,
  action: {
    ref: 'a.b',
    runner_type: 'shell',
    entry_point: 'x',
    parameter_delivery: 'stdin',
    parameter_format: 'json',
    output_format: 'text',
  },
  pack: { ref: 'a', digest: 'd' },
  runtime: null,
  parameters: {},
  secrets: [],
  timeout: 1,
});

/** A subscription that counts its free slots as the roads do. */
class Counting {
  free: number;
  stopped = false;
  readonly #stay: Stay;

  constructor(stay: Stay) {
    this.#stay = stay;
    this.free = stay.slots - stay.occupied;
  }

  /** Hands out one more, where there is room. */
  hand(): void {
    if (this.stopped || this.free === 0) return;
    this.free -= 1;
    const work: Work<typeof claimed> = {
      claimed,
      settle: () => {
        this.free += 1;
        return Promise.resolve();
      },
    };
    this.#stay.onWork(work);
  }

  vacate = () => void (this.free += 1);
  pause = () => undefined;
  resume = () => undefined;
  stop() {
    this.stopped = true;
    return Promise.resolve();
  }
}

const slots = 4;

function scene(occupied: number) {
  const stays: Counting[] = [];
  const held: Assigned[] = [];
  const gates: (() => void)[] = [];
  const consumer = new PoolConsumer({
    slots,
    occupied,
    onAssigned: (assigned) => held.push(assigned),
    subscribe: async (stay) => {
      const subscription = new Counting(stay);
      stays.push(subscription);
      await new Promise<void>((resolve) => gates.push(resolve));
      return subscription;
    },
  });
  return { consumer, stays, held, gates };
}

const step = fc.oneof(
  fc.constant('hand' as const),
  fc.constant('hand' as const),
  fc.constant('settle' as const),
  fc.constant('move' as const),
  fc.constant('arrive' as const),
  fc.constant('vacate' as const),
);

test('whatever happens in whatever order, slots are neither exceeded nor lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: slots }),
      fc.array(step, { maxLength: 40 }),
      async (kept, steps) => {
        const { consumer, stays, held, gates } = scene(kept);
        let occupied = kept;
        let moving: Promise<unknown> = consumer.enter('first');
        for (const one of steps) {
          if (one === 'hand') stays.at(-1)?.hand();
          if (one === 'settle') await held.shift()?.settle();
          if (one === 'arrive') gates.splice(0).forEach((open) => open());
          if (one === 'vacate' && occupied > 0) {
            occupied -= 1;
            consumer.vacate();
          }
          if (one === 'move') moving = moving.then(() => consumer.leave()).then(() => consumer.enter('next'));
          await new Promise((resolve) => setImmediate(resolve));
          expect(held.length + occupied).toBeLessThanOrEqual(slots);
        }
        const arrived = new AbortController();
        void moving.then(() => arrived.abort());
        while (!arrived.signal.aborted) {
          gates.splice(0).forEach((open) => open());
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const assigned of held) await assigned.settle();
        for (; occupied > 0; occupied -= 1) consumer.vacate();
        expect(stays.at(-1)?.free).toBe(slots);
        expect(stays.slice(0, -1).every(({ stopped }) => stopped)).toBe(true);
      },
    ),
  );
});

test('settling twice frees one slot', async () => {
  const { consumer, stays, held, gates } = scene(0);
  const entering = consumer.enter('pool');
  gates.splice(0).forEach((open) => open());
  await entering;
  stays[0]?.hand();
  await held[0]?.settle();
  await held[0]?.settle();
  expect(stays[0]?.free).toBe(slots);
});

test('who is stopped while it arrives takes nothing afterwards, and enters no other pool', async () => {
  const { consumer, stays, gates } = scene(0);
  const entering = consumer.enter('pool');
  const stopping = consumer.stop();
  gates.splice(0).forEach((open) => open());
  await Promise.all([entering, stopping]);
  expect(stays[0]?.stopped).toBe(true);
  await consumer.enter('other');
  expect(stays).toHaveLength(1);
});
