import * as fc from 'fast-check';
import { allKinds, type Kind } from './plan.ts';
import { allEndings, allInterludes, type Ending, type Interlude } from './succession.ts';

const slots = 5;
const slot = fc.nat(slots - 1);
const stream = fc.constantFrom(0, 1);
const sizes = fc.constantFrom(0, 1, 100, 4096, 40_000, 300_000);

/** One thing that an agent does. */
export type Operation =
  | {
      readonly does: 'start';
      readonly slot: number;
      readonly kind: Kind;
      readonly lines: readonly [number, number];
      readonly head: number;
      readonly tail: number;
      readonly credit: bigint;
      readonly deadline: number;
      readonly recordSize: number;
      readonly cuts: readonly number[];
    }
  | { readonly does: 'give'; readonly slot: number; readonly stream: number; readonly bytes: number }
  | { readonly does: 'end'; readonly slot: number; readonly cause: number }
  | { readonly does: 'kill' | 'release' | 'awaitEnd'; readonly slot: number }
  | { readonly does: 'note'; readonly size: number }
  | { readonly does: 'wait'; readonly milliseconds: number }
  | { readonly does: 'awaitAnswers' }
  | { readonly does: 'giveWay'; readonly ending: Ending; readonly interlude: Interlude };

const lines = fc.oneof(fc.nat(10), fc.nat(3000), fc.nat(60_000));
const start = fc.record({
  does: fc.constant('start' as const),
  slot,
  kind: fc.constantFrom(...allKinds),
  lines: fc.tuple(lines, fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, lines)),
  head: sizes,
  tail: sizes.map((size) => size + 1),
  credit: fc.constantFrom(0n, 1n, 1000n, 50_000n, 2n ** 62n, 2n ** 64n - 1n),
  deadline: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 300 })),
  recordSize: fc.constantFrom(4, 5, 1000, 32_768, 100_000, 1 << 20),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
});

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 10, arbitrary: start },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('give' as const),
      slot,
      stream,
      bytes: fc.constantFrom(0, 1, 1000, 32_768, 100_000, 0xff_ff_ff_ff),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('end' as const), slot, cause: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom('kill' as const, 'release' as const, 'awaitEnd' as const),
      slot,
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('note' as const), size: fc.nat(4096) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), milliseconds: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('awaitAnswers' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('giveWay' as const),
      ending: fc.constantFrom(...allEndings),
      interlude: fc.constantFrom(...allInterludes),
    }),
  },
);
