import * as fc from 'fast-check';
import semver from 'semver';
import { expect, test } from 'vitest';
import type { Requirement } from '../../../../src/contract/capability.ts';
import { choosePool, type PoolState } from '../../../../src/server/scheduler/choose.ts';
import { pool } from './pools.ts';

const names = ['shell', 'python', 'node', 'acme'];
const ranges = ['*', '>=2', '1', '<2 || >=3', '2.1.0'];
const versions = ['1.0.0', '2.1.0', '3.2.1'];

const runtime = fc
  .tuple(fc.constantFrom(...names), fc.option(fc.constantFrom(...versions), { nil: undefined }))
  .map(([name, version]) => (version === undefined ? name : `${name}@${version}`));
const labels = fc.dictionary(fc.constantFrom('gpu', 'zone'), fc.constantFrom('a', 'b'), { maxKeys: 2 });

const pools: fc.Arbitrary<PoolState[]> = fc
  .array(
    fc.record({
      runtimes: fc.uniqueArray(runtime, { maxLength: 5 }),
      labels,
      gpus: fc.array(fc.constant('nvidia'), { maxLength: 2 }),
      workers: fc.nat(3),
      slots: fc.integer({ min: 1, max: 4 }),
      load: fc.nat(6),
    }),
    { maxLength: 8 },
  )
  .map((list) =>
    list.map(({ runtimes, slots, workers, ...rest }, index) =>
      pool(`pool-${index}`, runtimes, { ...rest, workers, slots: slots * workers }),
    ),
  );

const requirement: fc.Arbitrary<Requirement> = fc.record({
  runtimes: fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...ranges), { minKeys: 1, maxKeys: 3 }),
  labels,
});

/** The same question, answered the long way. */
function satisfies({ capabilities }: PoolState, wanted: Requirement): boolean {
  const runtimes = Object.entries(wanted.runtimes).every(([name, range]) =>
    capabilities.runtimes.some(
      (one) =>
        one.name === name &&
        (range === '*' || (one.version !== undefined && semver.satisfies(one.version, range))),
    ),
  );
  return (
    runtimes && Object.entries(wanted.labels).every(([name, value]) => capabilities.labels[name] === value)
  );
}

function holds(property: (wanted: Requirement, all: readonly PoolState[], chosen: PoolState) => void): void {
  fc.assert(
    fc.property(requirement, pools, (wanted, all) => {
      const chosen = choosePool(wanted, all);
      if (chosen !== undefined) property(wanted, all, chosen);
    }),
    { numRuns: 500 },
  );
}

test('a pool is chosen exactly where one satisfies the requirement, and it does', () => {
  fc.assert(
    fc.property(requirement, pools, (wanted, all) => {
      const able = all.filter((one) => satisfies(one, wanted));
      const chosen = choosePool(wanted, all);
      expect(chosen === undefined).toBe(able.length === 0);
      expect(chosen === undefined || able.includes(chosen)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('nobody waits for a worker to come where one is there', () => {
  holds((wanted, all, chosen) => {
    const alive = all.filter((one) => one.workers > 0 && satisfies(one, wanted));
    expect(chosen.workers > 0).toBe(alive.length > 0);
  });
});

test('no GPU is taken while a pool without one is there', () => {
  holds((wanted, all, chosen) => {
    const rivals = all.filter((one) => one.workers > 0 === chosen.workers > 0 && satisfies(one, wanted));
    expect(chosen.capabilities.gpus).toHaveLength(
      Math.min(...rivals.map(({ capabilities }) => capabilities.gpus.length)),
    );
  });
});

test('of pools that offer the same, none has less load per slot than the chosen one', () => {
  holds((_, all, chosen) => {
    const twins = all.filter(
      (one) => one.workers > 0 && JSON.stringify(one.capabilities) === JSON.stringify(chosen.capabilities),
    );
    for (const twin of twins)
      expect(chosen.load / Math.max(1, chosen.slots)).toBeLessThanOrEqual(twin.load / twin.slots);
  });
});

test('in which order the pools are known does not matter', () => {
  holds((wanted, all, chosen) => {
    const { name: _, ...other } = choosePool(wanted, all.toReversed()) ?? chosen;
    const { capabilities, load, slots, workers } = chosen;
    // Of equals another one may be taken: as good in all that counts.
    expect([
      other.workers > 0,
      other.capabilities.gpus.length,
      other.load / Math.max(1, other.slots),
    ]).toEqual([workers > 0, capabilities.gpus.length, load / Math.max(1, slots)]);
  });
});
