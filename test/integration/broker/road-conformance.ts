import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Road } from '../../../src/broker/road.ts';
import { AttuneError } from '../../../src/shared/errors.ts';
import { idsOf, Ledger, Worker } from './ledger.ts';
import { occupiedConformance } from './occupied-conformance.ts';
import { pauseConformance } from './pause-conformance.ts';
import { freshPool, openScene, patience, publish, type RoadFixture } from './road-scene.ts';

/** What every road promises, whatever carries it. */
export function roadConformance(makeFixture: () => Promise<RoadFixture>): void {
  pauseConformance(makeFixture);
  occupiedConformance(makeFixture);

  describe('a road', () => {
    let fixture: RoadFixture;
    let road: Road;
    beforeAll(async () => {
      fixture = await makeFixture();
      road = await fixture.open();
    });
    afterAll(() => fixture.end());

    const scene = () => openScene(road);

    test('a published execution is worked once', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(2);
      const notices = ledger.schedule(pool, 20);
      await publish(road, notices);
      await vi.waitFor(async () => {
        await worker.settle();
        expect(worker.taken).toHaveLength(20);
      }, patience);
      expect(worker.taken.toSorted((one, other) => one - other)).toEqual(idsOf(notices));
    });

    test('no more works are unsettled than there are slots', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(3);
      await publish(road, ledger.schedule(pool, 12));
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(12);
      }, patience);
      expect(worker.peak).toBeLessThanOrEqual(3);
    });

    test('two workers share a pool', async () => {
      const { pool, ledger, join } = scene();
      const [one, other] = await Promise.all([join(2), join(2, await fixture.open())]);
      await publish(road, ledger.schedule(pool, 4));
      await vi.waitFor(() => {
        expect(one.works).toHaveLength(2);
        expect(other.works).toHaveLength(2);
      }, patience);
    });

    test('a doubled notice makes one work', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(1);
      const [first, last] = ledger.schedule(pool, 2);
      const doubled = [first, first, first, last].filter((notice) => notice !== undefined);
      await publish(road, doubled);
      await publish(road, doubled);
      await vi.waitFor(async () => {
        await worker.settle();
        expect(worker.taken).toContain(last?.execution);
      }, patience);
      expect(worker.taken).toEqual(idsOf([first, last].filter((notice) => notice !== undefined)));
    });

    test('an execution whose notice was lost is worked after another one', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(2);
      const lost = ledger.schedule(pool);
      const sent = ledger.schedule(pool);
      await publish(road, sent);
      await publish(road, lost);
      await vi.waitFor(() => expect(worker.taken).toHaveLength(2), patience);
    });

    test('notices wait for a pool that has no worker', async () => {
      const { pool, ledger, join } = scene();
      await publish(road, ledger.schedule(pool, 2));
      const worker = await join(2);
      await vi.waitFor(() => expect(worker.taken).toHaveLength(2), patience);
    });

    test('notices of another pool are not taken', async () => {
      const [here, there] = [scene(), scene()];
      const worker = await here.join(5);
      await publish(road, [...there.ledger.schedule(there.pool, 2), ...here.ledger.schedule(here.pool)]);
      const other = await there.join(5);
      await vi.waitFor(() => expect(other.taken).toHaveLength(2), patience);
      await vi.waitFor(() => expect(worker.taken).toHaveLength(1), patience);
    });

    test('a stopped worker takes nothing new, and leaves it to others', async () => {
      const { pool, ledger, join } = scene();
      const stopped = await join(5);
      await stopped.subscription?.stop();
      await publish(road, ledger.schedule(pool, 3));
      const worker = await join(5, await fixture.open());
      await vi.waitFor(() => expect(worker.taken).toHaveLength(3), patience);
      expect(stopped.taken).toEqual([]);
    });

    test('a stopped worker may settle what it had, and nobody gets it again', async () => {
      const { pool, ledger, join } = scene();
      const stopped = await join(2);
      await publish(road, ledger.schedule(pool, 2));
      await vi.waitFor(() => expect(stopped.works).toHaveLength(2), patience);
      await stopped.subscription?.stop();
      await publish(road, ledger.schedule(pool));
      await stopped.settle();
      const worker = await join(2, await fixture.open());
      await vi.waitFor(() => expect(worker.taken).toHaveLength(1), patience);
      expect(stopped.taken).toHaveLength(2);
      expect(ledger.refused).toBe(0);
    });

    test('a stop in the middle of many loses and doubles nothing', async () => {
      const { pool, ledger, join } = scene();
      const [first, second] = await Promise.all([join(4), join(4, await fixture.open())]);
      const notices = ledger.schedule(pool, 60);
      const published = publish(road, notices);
      await vi.waitFor(() => expect(first.taken).not.toEqual([]), patience);
      const stopping = first.subscription?.stop();
      await Promise.all([published, stopping]);
      const kept = first.taken.length;
      await vi.waitFor(async () => {
        await Promise.all([first.settle(), second.settle()]);
        expect(first.taken.length + second.taken.length).toBe(60);
      }, patience);
      expect(first.taken).toHaveLength(kept);
      expect(new Set([...first.taken, ...second.taken])).toEqual(new Set(idsOf(notices)));
    });

    test('claims that fail for a while lose nothing', async () => {
      const { pool, ledger, join } = scene();
      const worker = await join(2);
      ledger.failure = new AttuneError('database_unreachable', 'the database is away', { retryable: true });
      await publish(road, ledger.schedule(pool, 4));
      await new Promise((resolve) => setTimeout(resolve, 300));
      ledger.failure = undefined;
      await vi.waitFor(async () => {
        await worker.settle();
        expect(worker.taken).toHaveLength(4);
      }, patience);
    });

    test('a stop ends waiting for claims that fail, and others get the executions', async () => {
      const { pool, ledger, join } = scene();
      const stopped = await join(2);
      ledger.failure = new AttuneError('database_unreachable', 'the database is away', { retryable: true });
      await publish(road, ledger.schedule(pool, 4));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await stopped.subscription?.stop();
      ledger.failure = undefined;
      const worker = await join(4, await fixture.open());
      await vi.waitFor(() => expect(worker.taken).toHaveLength(4), patience);
      expect(stopped.taken).toEqual([]);
    });
  });

  describe('a road whose broker fails', () => {
    let fixture: RoadFixture;
    let road: Road;
    beforeAll(async () => {
      fixture = await makeFixture();
      road = await fixture.open();
    });
    afterAll(() => fixture.end());

    test.for(['cut', 'blocked for a while'])('a connection that is %s comes back', async (fault) => {
      const pool = freshPool();
      const ledger = new Ledger();
      const worker = await new Worker().subscribe(road, { pool, slots: 2, claims: ledger });
      await road.publish(ledger.schedule(pool, 3));
      await vi.waitFor(() => expect(worker.works).toHaveLength(2), patience);

      if (fault === 'cut') fixture.proxy.cut();
      else {
        fixture.proxy.block();
        await new Promise((resolve) => setTimeout(resolve, 400));
        fixture.proxy.restore();
      }
      const more = ledger.schedule(pool, 10);
      await vi.waitFor(() => road.publish(more), patience);
      await vi.waitFor(async () => {
        await worker.settle(1);
        expect(worker.taken).toHaveLength(13);
      }, patience);
      expect(worker.peak).toBe(2);
      expect(new Set(worker.taken).size).toBe(13);
    });

    test('publishing while the broker is away is a retryable error', async () => {
      fixture.proxy.block();
      const error: unknown = await road
        .publish([{ pool: freshPool(), execution: 1, epoch: 1 }])
        .catch((problem: unknown) => problem);
      fixture.proxy.restore();
      expect(error).toMatchObject({ code: 'broker_unreachable', retryable: true });
    });

    test('a road closes while the broker is away, twice', async () => {
      const other = await vi.waitFor(() => fixture.open(), patience);
      const worker = new Worker();
      await worker.subscribe(other, { pool: 'closing', slots: 1, claims: new Ledger() });
      fixture.proxy.block();
      await other.close();
      await other.close();
      fixture.proxy.restore();
      expect(worker.taken).toEqual([]);
    });
  });
}
