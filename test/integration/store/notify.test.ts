import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase, openLane } from '../../../src/store/connect.ts';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution, finishExecutions } from '../../../src/store/executions/finish.ts';
import { appendLogs } from '../../../src/store/executions/logs.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import { listen, type Channel, type Payloads } from '../../../src/store/notify.ts';
import { savePack } from '../../../src/store/packs.ts';
import { abandonExecutions, setCordoned } from '../../../src/store/workers.ts';
import { startProxy } from '../../support/proxy.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleOutcome, samplePack, scheduledExecution } from './support/samples.ts';

describe.skipIf(!requires('postgres'))('notifications', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  async function hearing<Name extends Channel>(channel: Name) {
    const heard: Payloads[Name][] = [];
    const listening = await listen(sql, channel, (payload) => heard.push(payload));
    return { heard, stop: () => listening.stop() };
  }

  /** Notifications come in the order of their transactions: when this one is here, all before it are. */
  async function allHeard(): Promise<void> {
    const { heard, stop } = await hearing('attune_ready');
    await sql`SELECT pg_notify('attune_ready', 'the end')`;
    await vi.waitFor(() => expect(heard).toContain('the end'));
    await stop();
  }

  test('every end of an execution is told once, and what happens before is not', async () => {
    const ends = await hearing('attune_execution');
    const cancels = await hearing('attune_cancel');
    const logs = await hearing('attune_log');
    const { worker, pool } = await newWorker(sql);
    const scheduled = await scheduledExecution(sql, pool);
    const [finished = 0, canceled = 0, lost = 0] = await Promise.all(
      [1, 2, 3].map(() => scheduledExecution(sql, pool)),
    );
    const attempts = [finished, canceled, lost].map((execution) => ({ execution, epoch: 1 }));
    await claimExecutions(sql, worker, attempts);

    await cancelExecution(sql, scheduled);
    const running = { execution: finished, epoch: 1, worker };
    await appendLogs(sql, running, [chunk(0, 0, 'x')]);
    await finishExecution(sql, running, sampleOutcome(), []);
    await finishExecution(sql, running, sampleOutcome('failed'), []);
    await cancelExecution(sql, canceled);
    await abandonExecutions(sql, [{ execution: lost, epoch: 1, worker }], 'lost');
    await allHeard();

    expect(ends.heard).toMatchObject([
      { execution: scheduled, epoch: 1, state: 'cancelled' },
      { execution: finished, epoch: 1, state: 'completed' },
      { execution: lost, epoch: 1, state: 'abandoned' },
    ]);
    expect(cancels.heard).toEqual([{ execution: canceled }]);
    expect(logs.heard).toEqual([{ execution: finished }]);
    await Promise.all([ends.stop(), cancels.stop(), logs.stop()]);
  });

  test('ends that are stored together are told right behind, those that are refused are not', async () => {
    const ends = await hearing('attune_execution');
    const { worker, pool } = await newWorker(sql);
    const running = [await scheduledExecution(sql, pool), await scheduledExecution(sql, pool)];
    const attempts = running.map((execution) => ({ execution, epoch: 1 }));
    await claimExecutions(sql, worker, attempts);

    const lane = openLane(database.url, 'attune-test');
    const strangers = attempts.map((attempt) => ({ ...attempt, epoch: 2 }));
    const verdicts = await finishExecutions(
      lane,
      [...attempts, ...strangers].map((attempt) => ({
        writer: { ...attempt, worker },
        outcome: sampleOutcome(),
        chunks: [],
      })),
    );
    expect(verdicts).toEqual(['accepted', 'accepted', 'fenced', 'fenced']);
    // On the same lane, so that it comes behind what tells of the ends.
    await lane`SELECT 1`;
    await allHeard();
    expect(ends.heard).toMatchObject(
      running.map((execution) => ({ execution, epoch: 1, state: 'completed' })),
    );
    await Promise.all([ends.stop(), lane.end()]);
  });

  test('the end that is told is what the API shows, unless that is long', async () => {
    const ends = await hearing('attune_execution');
    const { worker, pool } = await newWorker(sql);
    const results = [{ text: 'Ünïcödé "\u0000"' }, '💥'.repeat(700), 'x'.repeat(1500), null];
    for (const data of results) {
      const execution = await scheduledExecution(sql, pool);
      await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
      const { state, result } = sampleOutcome();
      await finishExecution(sql, { execution, epoch: 1, worker }, { state, result: { ...result, data } }, []);
    }
    await allHeard();
    // They were told over several connections.
    const told = ends.heard.toSorted((one, other) => one.execution - other.execution);
    expect(told.map(({ end }) => end !== undefined)).toEqual([true, true, false, true]);
    for (const { execution, end } of told) {
      const view = await findExecution(sql, execution);
      expect({ ...view, ...end }).toEqual(view);
    }
    await ends.stop();
  });

  test('packs, workers and new work are told of', async () => {
    const catalog = await hearing('attune_catalog');
    const pools = await hearing('attune_pools');
    const ready = await hearing('attune_ready');
    await savePack(sql, samplePack('told'));
    const { worker, pool } = await newWorker(sql);
    await scheduledExecution(sql, pool);
    await setCordoned(sql, worker, true);
    await setCordoned(sql, worker, true);
    await allHeard();
    expect(catalog.heard).toEqual(['']);
    expect(pools.heard).toHaveLength(2);
    expect(ready.heard.filter((name) => name === pool).length).toBeGreaterThan(0);
    await Promise.all([catalog.stop(), pools.stop(), ready.stop()]);
  });

  test('an unreadable payload is dropped, and nothing comes after the stop', async () => {
    const { heard, stop } = await hearing('attune_cancel');
    for (const payload of ['garbage', '{"execution":-1}', '[]', '', '{"execution":7}'])
      await sql`SELECT pg_notify('attune_cancel', ${payload})`;
    await allHeard();
    expect(heard).toEqual([{ execution: 7 }]);
    await stop();
    await sql`SELECT pg_notify('attune_cancel', '{"execution":8}')`;
    await allHeard();
    expect(heard).toEqual([{ execution: 7 }]);
  });

  test('after the database was away all channels are heard again, and each listener is told once', async () => {
    const proxy = await startProxy(database.url);
    const away = openDatabase(proxy.url, { name: 'attune-test-away', connections: 1 });
    const channels = ['attune_catalog', 'attune_pools', 'attune_ready'] as const;
    const heard: string[] = [];
    const reconnected: string[] = [];
    for (const channel of channels) {
      await listen(
        away,
        channel,
        () => heard.push(channel),
        () => reconnected.push(channel),
      );
    }
    try {
      proxy.block();
      // Long enough for several attempts to connect again.
      await delay(1500);
      expect(reconnected).toEqual([]);
      proxy.restore();
      await vi.waitFor(() => expect(reconnected).toEqual(channels), { timeout: 10_000 });
      await sql`SELECT pg_notify('attune_catalog', ''), pg_notify('attune_pools', ''), pg_notify('attune_ready', 'p')`;
      await vi.waitFor(() => expect(heard.toSorted()).toEqual(channels));
      const statements = await sql`
        SELECT query FROM pg_stat_activity WHERE application_name = 'attune-test-away' AND query LIKE 'LISTEN%'`;
      expect(statements).toHaveLength(1);
    } finally {
      await away.end({ timeout: 1 });
      await proxy.close();
    }
    expect(reconnected).toEqual(channels);
  });

  test('a listener that can not connect says so', async () => {
    const proxy = await startProxy(database.url);
    await proxy.close();
    const away = openDatabase(proxy.url, { name: 'attune-test-away', connections: 1 });
    await expect(listen(away, 'attune_pools', () => undefined)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await away.end({ timeout: 0 });
  });
});
