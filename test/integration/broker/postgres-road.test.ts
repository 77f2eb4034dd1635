import postgres from 'postgres';
import { describe, expect, test, vi } from 'vitest';
import { openRoad } from '../../../src/broker/open.ts';
import type { Road } from '../../../src/broker/road.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { startProxy } from '../../support/proxy.ts';
import { requires } from '../../support/requires.ts';
import { Ledger, Worker } from './ledger.ts';
import { roadConformance } from './road-conformance.ts';
import type { RoadFixture } from './road-scene.ts';

const logger = createLogger('silent');

describe.skipIf(!requires('postgres'))('the road over PostgreSQL', () => {
  roadConformance(makeFixture);

  test('an execution is found without any notification', async () => {
    const fixture = await makeFixture();
    const ledger = new Ledger();
    const worker = await new Worker().subscribe(await fixture.open(), {
      pool: 'p',
      slots: 1,
      claims: ledger,
    });
    ledger.schedule('p');
    await vi.waitFor(() => expect(worker.taken).toHaveLength(1), { timeout: 20_000 });
    await fixture.end();
  });

  test('a listener whose backend is terminated hears again', async () => {
    const database = await freshDatabase();
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
    const road = await openRoad({ sql, logger });
    const ledger = new Ledger();
    const woken = vi.spyOn(ledger, 'claimNext');
    await new Worker().subscribe(road, { pool: 'p', slots: 1, claims: ledger });
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE pid <> pg_backend_pid() AND datname = current_database() AND query ILIKE 'listen%'`;
    await vi.waitFor(
      async () => {
        const [listener] = await sql`SELECT 1 FROM pg_stat_activity
          WHERE pid <> pg_backend_pid() AND datname = current_database() AND query ILIKE 'listen%'`;
        expect(listener).toBeDefined();
      },
      { timeout: 20_000 },
    );
    const before = woken.mock.calls.length;
    await road.publish([{ pool: 'p', execution: 1, epoch: 1 }]);
    await vi.waitFor(() => expect(woken.mock.calls.length).toBeGreaterThan(before));
    await road.close();
    await sql.end();
    await database.drop();
  });
});

/** A database of its own behind a proxy, and connections of its own for each road. */
async function makeFixture(): Promise<RoadFixture> {
  const database = await freshDatabase();
  const proxy = await startProxy(database.url);
  const opened: { road: Road; end: () => Promise<void> }[] = [];
  return {
    proxy,
    async open() {
      const sql = postgres(proxy.url, {
        max: 2,
        connect_timeout: 2,
        backoff: () => 0.05,
        onnotice: () => undefined,
      });
      const road = await openRoad({ sql, logger });
      opened.push({ road, end: () => sql.end({ timeout: 1 }) });
      return road;
    },
    async end() {
      await Promise.all(opened.map(({ road }) => road.close()));
      await Promise.all(opened.map(({ end }) => end()));
      await proxy.close();
      await database.drop();
    },
  };
}
