import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Road } from '../../../src/broker/road.ts';
import { AttuneError } from '../../../src/shared/errors.ts';
import { idsOf, Worker } from './ledger.ts';
import { openScene, patience, publish, type RoadFixture } from './road-scene.ts';

/** What every road promises of pausing and resuming. */
export function pauseConformance(makeFixture: () => Promise<RoadFixture>): void {
  describe('a subscription that is paused', () => {
    let fixture: RoadFixture;
    let road: Road;
    beforeAll(async () => {
      fixture = await makeFixture();
      road = await fixture.open();
    });
    afterAll(() => fixture.end());
    const scene = () => openScene(road);

    test('a paused worker takes nothing new, and another gets everything', async () => {
      const { pool, ledger, join } = scene();
      const [paused, other] = await Promise.all([join(5), join(20, await fixture.open())]);
      paused.subscription?.pause();
      await vi.waitFor(() => expect(ledger.claiming).toBe(0), patience);
      await publish(road, ledger.schedule(pool, 20));
      await vi.waitFor(() => expect(other.taken).toHaveLength(20), patience);
      expect(paused.taken).toEqual([]);
    });

    test('a resumed worker takes again', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(2);
      worker.subscription?.pause();
      await publish(road, ledger.schedule(pool, 5));
      worker.subscription?.resume();
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(5);
      }, patience);
      expect(worker.peak).toBe(2);
    });

    test('what a paused worker holds keeps its slots, and nobody gets it again', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(3);
      await publish(road, ledger.schedule(pool, 2));
      await vi.waitFor(() => expect(worker.works).toHaveLength(2), patience);
      worker.subscription?.pause();
      await publish(road, ledger.schedule(pool, 6));
      worker.subscription?.resume();
      await vi.waitFor(() => expect(worker.works).toHaveLength(3), patience);
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(8);
      }, patience);
      expect(worker.peak).toBe(3);
      expect(ledger.refused).toBe(0);
    });

    test('a paused worker may settle what it had', async () => {
      const { pool, ledger, join } = scene();
      const paused = await join(2);
      await publish(road, ledger.schedule(pool, 2));
      await vi.waitFor(() => expect(paused.works).toHaveLength(2), patience);
      paused.subscription?.pause();
      await publish(road, ledger.schedule(pool));
      await paused.settle();
      const worker = await join(3, await fixture.open());
      await vi.waitFor(() => expect(worker.taken).toHaveLength(1), patience);
      expect(paused.taken).toHaveLength(2);
      expect(ledger.refused).toBe(0);
    });

    test('pausing and resuming twice is as once', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(2);
      for (const step of ['resume', 'pause', 'pause', 'resume', 'resume'] as const)
        worker.subscription?.[step]();
      await publish(road, ledger.schedule(pool, 8));
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(8);
      }, patience);
      expect(worker.peak).toBe(2);
    });

    test('pauses in the middle of many lose, double and overload nothing', async () => {
      const { pool, ledger, join } = scene();
      const [first, second] = await Promise.all([join(3), join(3, await fixture.open())]);
      const notices = ledger.schedule(pool, 90);
      const published = publish(road, notices);
      let turn = 0;
      await vi.waitFor(async () => {
        turn += 1;
        first.subscription?.[turn % 3 === 0 ? 'pause' : 'resume']();
        second.subscription?.[turn % 5 === 0 ? 'pause' : 'resume']();
        await Promise.all([first.settle(1), second.settle(2)]);
        expect(first.taken.length + second.taken.length).toBe(90);
      }, patience);
      await published;
      expect(new Set([...first.taken, ...second.taken])).toEqual(new Set(idsOf(notices)));
      expect(Math.max(first.peak, second.peak)).toBe(3);
    });

    test('a pause while a claim is under way: each execution is worked by the one or by another', async () => {
      const { pool, ledger, join } = scene();
      const paused = await join(4);
      const gate = Promise.withResolvers<void>();
      ledger.gate = gate.promise;
      const notices = ledger.schedule(pool, 6);
      await publish(road, notices);
      await vi.waitFor(() => expect(ledger.claiming).toBe(1), patience);
      paused.subscription?.pause();
      const other = await join(6, await fixture.open());
      gate.resolve();
      await vi.waitFor(() => expect(paused.taken.length + other.taken.length).toBe(6), patience);
      expect(new Set([...paused.taken, ...other.taken])).toEqual(new Set(idsOf(notices)));
      expect(paused.works.length).toBeLessThanOrEqual(4);
    });

    test('a claim may pause its own subscription: its hints go to others', async () => {
      const { pool, ledger, join } = scene();
      const paused = new Worker();
      const refuse = () => {
        paused.subscription?.pause();
        return Promise.reject(new AttuneError('worker_cordoned', 'cordoned', { retryable: true }));
      };
      await paused.subscribe(road, { pool, slots: 4, claims: { claim: refuse, claimNext: refuse } });
      const other = await join(10, await fixture.open());
      await publish(road, ledger.schedule(pool, 10));
      await vi.waitFor(() => expect(other.taken).toHaveLength(10), patience);
      expect(paused.taken).toEqual([]);
    });

    test('a paused worker may be stopped, and nothing resumes it', async () => {
      const { pool, ledger, join } = scene();
      const stopped = await join(3);
      await publish(road, ledger.schedule(pool, 2));
      await vi.waitFor(() => expect(stopped.works).toHaveLength(2), patience);
      stopped.subscription?.pause();
      await stopped.subscription?.stop();
      stopped.subscription?.resume();
      await publish(road, ledger.schedule(pool, 3));
      await stopped.settle();
      const worker = await join(3, await fixture.open());
      await vi.waitFor(() => expect(worker.taken).toHaveLength(3), patience);
      expect(stopped.taken).toHaveLength(2);
      expect(ledger.refused).toBe(0);
    });

    test('a paused worker stays so when its connection comes back, and can be resumed', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(2);
      await publish(road, ledger.schedule(pool));
      await vi.waitFor(() => expect(worker.works).toHaveLength(1), patience);
      worker.subscription?.pause();
      await vi.waitFor(() => expect(ledger.claiming).toBe(0), patience);
      fixture.proxy.cut();
      const more = ledger.schedule(pool, 4);
      await publish(road, more);
      expect(worker.taken).toHaveLength(1);
      worker.subscription?.resume();
      await vi.waitFor(() => expect(worker.works).toHaveLength(2), patience);
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(5);
      }, patience);
      expect(worker.peak).toBe(2);
    });
  });
}
