import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import { listPools, poolsWithLoad } from '../../../src/store/pools.ts';
import {
  findWorker,
  heartbeats,
  heartbeatWorker,
  listWorkers,
  loseWorker,
  mayClaim,
  orphanedAttempts,
  registerWorker,
  setCordoned,
  unregisterWorker,
} from '../../../src/store/workers.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import {
  newWorker,
  sampleCapabilities,
  sampleOutcome,
  sampleRegistration,
  scheduledExecution,
  uniqueName,
} from './support/samples.ts';

const ruby = sampleCapabilities({ runtimes: [{ name: 'ruby', version: '3.3.0' }] });

describe.skipIf(!requires('postgres'))('workers', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  async function heartbeatOf(worker: number): Promise<string> {
    const beat = (await heartbeats(sql)).find((other) => other.worker === worker);
    return beat?.heartbeat ?? '';
  }

  test('a worker is shown as it registered', async () => {
    const registration = sampleRegistration();
    const { worker, pool } = await registerWorker(sql, registration);
    expect(pool).toMatch(/^python-shell-[0-9a-f]{8}$/);
    expect(await findWorker(sql, worker)).toMatchObject({
      id: worker,
      name: registration.name,
      pool,
      status: 'online',
      cordoned: false,
      slots: 2,
      busy: 0,
      capabilities: registration.capabilities,
      agent: registration.agent,
    });
    expect(await findWorker(sql, 999_999)).toBeUndefined();
  });

  test('workers that offer the same share a pool; its size does not matter, a label does', async () => {
    const [one, same, other] = await Promise.all([
      registerWorker(sql, sampleRegistration()),
      registerWorker(sql, sampleRegistration({ capabilities: sampleCapabilities({ cpus: 64 }) })),
      registerWorker(
        sql,
        sampleRegistration({ capabilities: sampleCapabilities({ labels: { gpu: 'true' } }) }),
      ),
    ]);
    expect(same.pool).toBe(one.pool);
    expect(other.pool).not.toBe(one.pool);
  });

  test('a named pool is all workers of one name that offer the same, also when they come at once', async () => {
    const name = uniqueName('pool');
    const registered = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        registerWorker(
          sql,
          sampleRegistration({ pool: name, ...(index % 2 === 0 ? {} : { capabilities: ruby }) }),
        ),
      ),
    );
    const pools = registered.map(({ pool }) => pool);
    const evens = new Set(pools.filter((_, index) => index % 2 === 0));
    const odds = new Set(pools.filter((_, index) => index % 2 === 1));
    expect([evens.size, odds.size]).toEqual([1, 1]);
    const both = [...evens, ...odds].toSorted();
    expect(both[0]).toBe(name);
    expect(both[1]).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`));
  });

  test('a named pool whose workers are gone takes on what the next one offers', async () => {
    const name = uniqueName('pool');
    const first = await newWorker(sql, { pool: name });
    await unregisterWorker(sql, first.worker);
    expect((await newWorker(sql, { pool: name, capabilities: ruby })).pool).toBe(name);
    const pools = await poolsWithLoad(sql);
    expect(pools.find((pool) => pool.name === name)?.capabilities.runtimes).toEqual(ruby.runtimes);
  });

  test('a worker that starts again replaces itself, and may change its capabilities in its pool', async () => {
    const name = uniqueName('worker');
    const first = await newWorker(sql, { name });
    const second = await newWorker(sql, { name, pool: first.pool, capabilities: ruby });
    expect(second.pool).toBe(first.pool);
    expect(await findWorker(sql, first.worker)).toMatchObject({ status: 'replaced' });
    expect(await heartbeatWorker(sql, first.worker, [], 0)).toMatchObject({ status: 'replaced' });
    expect(await heartbeatWorker(sql, second.worker, [], 0)).toMatchObject({ status: 'online' });
  });

  test('a heartbeat says which attempts are to be cancelled and which are fenced', async () => {
    const { worker, pool } = await newWorker(sql);
    const ids = await Promise.all([1, 2, 3].map(() => scheduledExecution(sql, pool)));
    const [going, canceled, done] = ids.map((execution) => ({ execution, epoch: 1 }));
    if (going === undefined || canceled === undefined || done === undefined) throw new Error('none');
    await claimExecutions(sql, worker, [going, canceled, done]);
    await cancelExecution(sql, canceled.execution);
    await finishExecution(sql, { ...done, worker }, sampleOutcome(), []);

    const stale = { ...going, epoch: 7 };
    const reply = await heartbeatWorker(sql, worker, [going, canceled, done, stale], 3);
    expect(reply).toEqual({
      status: 'online',
      cordoned: false,
      cancel: [canceled],
      fenced: expect.arrayContaining([done, stale]) as unknown,
    });
    expect(await findWorker(sql, worker)).toMatchObject({ busy: 3 });
    expect(await heartbeatWorker(sql, 999_999, [], 0)).toEqual({
      status: 'lost',
      cordoned: false,
      cancel: [],
      fenced: [],
    });
  });

  test('a worker is lost only if it was not heard of since, and stays lost', async () => {
    const { worker } = await newWorker(sql);
    const old = await heartbeatOf(worker);
    await heartbeatWorker(sql, worker, [], 0);
    expect(await loseWorker(sql, worker, old)).toBe(false);
    const last = await heartbeatOf(worker);
    expect(await loseWorker(sql, worker, last)).toBe(true);
    expect(await loseWorker(sql, worker, last)).toBe(false);
    expect(await heartbeatWorker(sql, worker, [], 0)).toMatchObject({ status: 'lost' });
    expect(await findWorker(sql, worker)).toMatchObject({ status: 'lost' });
  });

  test('who is cordoned or not online may not claim, and hears of it by the heartbeat', async () => {
    const { worker } = await newWorker(sql);
    expect(await mayClaim(sql, worker)).toBe(true);
    await setCordoned(sql, worker, true);
    expect(await mayClaim(sql, worker)).toBe(false);
    expect(await heartbeatWorker(sql, worker, [], 0)).toMatchObject({ status: 'online', cordoned: true });
    await setCordoned(sql, worker, false);
    expect(await mayClaim(sql, worker)).toBe(true);
    await unregisterWorker(sql, worker);
    expect(await mayClaim(sql, worker)).toBe(false);
    expect(await mayClaim(sql, 999_999)).toBe(false);
  });

  test('a heartbeat and the loss at once agree on what happened', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { worker } = await newWorker(sql);
      const [reply, lost] = await Promise.all([
        heartbeatWorker(sql, worker, [], 0),
        loseWorker(sql, worker, await heartbeatOf(worker)),
      ]);
      const view = await findWorker(sql, worker);
      expect(view?.status).toBe(lost ? 'lost' : 'online');
      // A heartbeat that came just before the loss was still heard; one that came after must know.
      expect(lost || reply.status === 'online').toBe(true);
    }
  });

  test('attempts of workers that are gone are orphaned', async () => {
    const gone = await newWorker(sql);
    const attempts = [];
    for (let count = 0; count < 2; count += 1) {
      attempts.push({
        execution: await scheduledExecution(sql, gone.pool),
        epoch: 1,
        worker: gone.worker,
      });
    }
    await claimExecutions(sql, gone.worker, attempts);
    expect(await orphanedAttempts(sql, 100)).toEqual([]);

    await unregisterWorker(sql, gone.worker);
    expect(await orphanedAttempts(sql, 100)).toEqual(expect.arrayContaining(attempts));
    expect(await orphanedAttempts(sql, 1)).toHaveLength(1);
  });

  test('what a worker claimed and never heard of has not begun: it waits again, and the claim counts for nothing', async () => {
    const forgetful = await newWorker(sql);
    const claimed = async () => ({ execution: await scheduledExecution(sql, forgetful.pool), epoch: 1 });
    const [lost, cancelled, recent, known] = [
      await claimed(),
      await claimed(),
      await claimed(),
      await claimed(),
    ];
    await claimExecutions(sql, forgetful.worker, [lost, cancelled, recent, known]);
    await cancelExecution(sql, cancelled.execution);
    await sql`
      UPDATE execution SET started = now() - interval '1 hour'
      WHERE id = ANY (${[lost, cancelled, known].map(({ execution }) => execution)}::bigint[])`;

    await heartbeatWorker(sql, forgetful.worker, [known], 1);
    expect(await findExecution(sql, lost.execution)).toMatchObject({
      state: 'requested',
      attempts: 0,
      worker: null,
      waiting_reason: 'the answer to its claim was lost',
    });
    expect(await orphanedAttempts(sql, 100)).toContainEqual({ ...cancelled, worker: null });
    for (const { execution } of [recent, known]) {
      expect(await findExecution(sql, execution)).toMatchObject({
        state: 'running',
        worker: { id: forgetful.worker },
      });
    }
  });

  test('pools count what is online and not cordoned, and what they have to do', async () => {
    const { worker, pool } = await newWorker(sql);
    const other = await newWorker(sql, { pool, slots: 5 });
    const running = await scheduledExecution(sql, pool);
    await scheduledExecution(sql, pool);
    await scheduledExecution(sql, pool);
    await claimExecutions(sql, worker, [{ execution: running, epoch: 1 }]);
    const poolNow = async () => (await poolsWithLoad(sql)).find(({ name }) => name === pool);

    expect(await poolNow()).toMatchObject({ workers: 2, slots: 7, scheduled: 2, running: 1, load: 3 });
    expect(await setCordoned(sql, other.worker, true)).toMatchObject({ cordoned: true });
    expect(await poolNow()).toMatchObject({ workers: 1, slots: 2, load: 3 });
    await unregisterWorker(sql, worker);
    expect(await poolNow()).toMatchObject({ workers: 0, slots: 0, load: 3 });
    expect(await setCordoned(sql, 999_999, true)).toBeUndefined();
  });

  test('workers and pools are listed in pages', async () => {
    const pool = uniqueName('pool');
    const registered = [];
    for (let count = 0; count < 3; count += 1) registered.push(await newWorker(sql, { pool }));
    const ids = registered.map(({ worker }) => worker).toReversed();
    const first = await listWorkers(sql, { limit: 2 }, { pool, status: 'online' });
    const second = await listWorkers(sql, { limit: 2, cursor: first.next_cursor ?? '' }, { pool });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next_cursor).toBeNull();
    expect((await listWorkers(sql, { limit: 2 }, { pool, status: 'lost' })).items).toEqual([]);

    const all = await poolsWithLoad(sql);
    const page = await listPools(sql, { limit: 1 });
    expect(page.items).toEqual(all.slice(0, 1));
    const rest = await listPools(sql, { limit: 100, cursor: page.next_cursor ?? '' });
    expect(rest.items).toEqual(all.slice(1));
  });
});
