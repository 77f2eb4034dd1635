import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Road } from '../../../src/broker/road.ts';
import { openScene, patience, publish, type RoadFixture } from './road-scene.ts';

/** What every road promises of slots that are taken from the start by work that came otherwise. */
export function occupiedConformance(makeFixture: () => Promise<RoadFixture>): void {
  describe('a subscription with occupied slots', () => {
    let fixture: RoadFixture;
    let road: Road;
    beforeAll(async () => {
      fixture = await makeFixture();
      road = await fixture.open();
    });
    afterAll(() => fixture.end());

    test('only the other slots take work, until one after the other is vacated', async () => {
      const { pool, ledger, join } = openScene(road);
      const worker = await join(3, road, 2);
      await publish(road, ledger.schedule(pool, 20));
      const works = async (goal: number) =>
        vi.waitFor(async () => {
          await worker.settle(1);
          expect(worker.taken.length).toBeGreaterThanOrEqual(goal);
        }, patience);

      await works(5);
      expect(worker.peak).toBe(1);
      worker.subscription?.vacate();
      await vi.waitFor(() => expect(worker.works).toHaveLength(2), patience);
      await works(10);
      expect(worker.peak).toBe(2);
      worker.subscription?.vacate();
      await vi.waitFor(() => expect(worker.works).toHaveLength(3), patience);
      await works(20);
      expect(worker.peak).toBe(3);
    });

    test('a worker without a free slot takes nothing, and another gets everything', async () => {
      const { pool, ledger, join } = openScene(road);
      const [full, other] = await Promise.all([join(2, road, 2), join(5, await fixture.open())]);
      await publish(road, ledger.schedule(pool, 20));
      await vi.waitFor(async () => {
        await other.settle();
        expect(other.taken).toHaveLength(20);
      }, patience);
      expect(full.taken).toEqual([]);
      await other.subscription?.stop();
      full.subscription?.vacate();
      await publish(road, ledger.schedule(pool));
      await vi.waitFor(() => expect(full.taken).toHaveLength(1), patience);
    });

    test('what is vacated during a pause is free after it', async () => {
      const { pool, ledger, join } = openScene(road);
      const worker = await join(2, road, 2);
      worker.subscription?.pause();
      await publish(road, ledger.schedule(pool, 3));
      worker.subscription?.vacate();
      worker.subscription?.resume();
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(3);
      }, patience);
      expect(worker.peak).toBe(1);
    });

    test('occupied slots stay so when the connection is lost', async () => {
      const { pool, ledger, join } = openScene(road);
      const worker = await join(3, road, 2);
      fixture.proxy.cut();
      await publish(road, ledger.schedule(pool, 6));
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(6);
      }, patience);
      expect(worker.peak).toBe(1);
    });
  });
}
