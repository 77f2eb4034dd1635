import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions, claimNext } from '../../../src/store/executions/claim.ts';
import { insertExecutions } from '../../../src/store/executions/insert.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import { unplaceExecutions } from '../../../src/store/executions/schedule.ts';
import { savePack } from '../../../src/store/packs.ts';
import { offerRuntimes } from '../../../src/store/runtimes.ts';
import { loseWorker, heartbeats, setCordoned, unregisterWorker } from '../../../src/store/workers.ts';
import type { Registered } from '../../../src/contract/worker.ts';
import { runtimeDefinition } from '../../../src/contract/runtime.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { newWorker, sampleExecution, samplePack, scheduledExecution, uniqueName } from './support/samples.ts';

describe.skipIf(!requires('postgres'))('claims', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  test('brings everything that an assignment is made of', async () => {
    const { worker, pool } = await newWorker(sql);
    const template = runtimeDefinition.parse({
      ref: 'core.shell',
      name: 'shell',
      execution_config: { env_vars: { A: 'b' } },
    });
    await offerRuntimes(sql, [{ name: 'bash', detected: [], template }]);
    await savePack(sql, samplePack('sample'));
    const execution = await scheduledExecution(sql, pool, { timeout: 1.5, secretParameters: 'sealed' });

    const [row] = await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
    expect(row).toMatchObject({
      execution,
      epoch: 1,
      pack: { ref: 'sample', digest: samplePack('sample').digest },
      action: { ref: 'sample.echo', entry_point: 'echo.sh', runner_type: 'shell' },
      runtime: { name: 'shell', execution_config: { env_vars: { A: 'b' } } },
      parameters: { text: 'hello' },
      secretParameters: 'sealed',
      timeout: 1.5,
    });
    const view = await findExecution(sql, execution);
    expect(view).toMatchObject({ state: 'running', attempts: 1, worker: { id: worker } });
    expect(view?.started).not.toBeNull();
  });

  test('an action that vanished is told by null', async () => {
    const { worker, pool } = await newWorker(sql);
    const execution = await scheduledExecution(sql, pool, { action: 'gone.action', packDigest: 'of gone' });
    const [row] = await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
    expect(row).toMatchObject({ pack: { ref: 'gone', digest: 'of gone' }, action: null });
  });

  test('the runtime is the one that the execution names, also when its name is an alias by now', async () => {
    const { worker, pool } = await newWorker(sql);
    const lua = runtimeDefinition.parse({ ref: 'luas.lua', name: 'Lua', aliases: ['lua5.4'] });
    await savePack(sql, samplePack('luas', { runtimes: [lua] }));
    const named = async (runtime: string) => {
      const execution = await scheduledExecution(sql, pool, { runtime });
      const [row] = await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
      return row?.runtime?.name;
    };
    expect(await named('lua')).toBe('lua');
    expect(await named('lua5.4')).toBe('lua');
    expect(await named('unknown')).toBeUndefined();
  });

  test('refuses what is unknown, stale, doubled, of another pool, or over', async () => {
    const { worker, pool } = await newWorker(sql);
    const other = await newWorker(sql);
    const execution = await scheduledExecution(sql, pool);
    const elsewhere = await scheduledExecution(sql, other.pool);
    const cancelled = await scheduledExecution(sql, pool);
    await cancelExecution(sql, cancelled);

    const rows = await claimExecutions(sql, worker, [
      { execution: elsewhere, epoch: 1 },
      { execution, epoch: 2 },
      { execution, epoch: 1 },
      { execution: 999_999, epoch: 1 },
      { execution, epoch: 1 },
      { execution: cancelled, epoch: 1 },
    ]);
    expect(rows.map((row) => row?.execution)).toEqual([
      undefined,
      undefined,
      execution,
      undefined,
      undefined,
      undefined,
    ]);
    expect(await claimExecutions(sql, worker, [{ execution, epoch: 1 }])).toEqual([undefined]);
    expect(await claimExecutions(sql, worker, [])).toEqual([]);
  });

  /** How a worker comes to be refused. */
  const fates: Record<string, (worker: Registered, name: string) => Promise<unknown>> = {
    cordoned: ({ worker }) => setCordoned(sql, worker, true),
    offline: ({ worker }) => unregisterWorker(sql, worker),
    replaced: ({ pool }, name) => newWorker(sql, { name, pool }),
    async lost({ worker }) {
      const beat = (await heartbeats(sql)).find((other) => other.worker === worker);
      await loseWorker(sql, worker, beat?.heartbeat ?? '');
    },
  };

  test.each(Object.keys(fates))('refuses a worker that is %s', async (fate) => {
    const name = uniqueName('worker');
    const registered = await newWorker(sql, { name });
    const { worker, pool } = registered;
    const execution = await scheduledExecution(sql, pool);
    await fates[fate]?.(registered, name);
    expect(await claimExecutions(sql, worker, [{ execution, epoch: 1 }])).toEqual([undefined]);
    expect(await claimNext(sql, { worker, pool, count: 1 })).toEqual({ rows: [], more: false });
  });

  test('tells whether more waits than there was room for', async () => {
    const { worker, pool } = await newWorker(sql);
    for (let number = 0; number < 3; number += 1) await scheduledExecution(sql, pool);
    const ask = async () => (await claimNext(sql, { worker, pool, count: 2 })).more;
    expect([await ask(), await ask(), await ask()]).toEqual([true, false, false]);
  });

  test('a worker that is uncordoned claims again', async () => {
    const { worker, pool } = await newWorker(sql);
    await scheduledExecution(sql, pool);
    await setCordoned(sql, worker, true);
    expect(await claimNext(sql, { worker, pool, count: 1 })).toEqual({ rows: [], more: false });
    await setCordoned(sql, worker, false);
    expect((await claimNext(sql, { worker, pool, count: 1 })).rows).toHaveLength(1);
  });

  test('of many who claim at once exactly one succeeds', async () => {
    const first = await newWorker(sql);
    const rest = await Promise.all(Array.from({ length: 3 }, () => newWorker(sql, { pool: first.pool })));
    const workers = [first, ...rest].map(({ worker }) => worker);
    for (let round = 0; round < 20; round += 1) {
      const execution = await scheduledExecution(sql, first.pool);
      const claims = await Promise.all(
        workers.flatMap((worker) => [
          claimExecutions(sql, worker, [{ execution, epoch: 1 }]),
          claimNext(sql, { worker, pool: first.pool, count: 2 }).then(({ rows }) => rows),
        ]),
      );
      expect(claims.flat().filter((row) => row !== undefined)).toHaveLength(1);
    }
  });

  test('many workers empty a pool together, oldest first, and nobody gets what another has', async () => {
    const first = await newWorker(sql);
    const { pool } = first;
    const rest = await Promise.all(Array.from({ length: 5 }, () => newWorker(sql, { pool })));
    const inserted = await insertExecutions(
      sql,
      Array.from({ length: 400 }, () => sampleExecution({ pool })),
    );
    const taken = await Promise.all(
      [first, ...rest].map(async ({ worker }) => {
        const mine: number[] = [];
        for (;;) {
          const { rows } = await claimNext(sql, { worker, pool, count: 3 });
          if (rows.length === 0) return mine;
          mine.push(...rows.map(({ execution }) => execution));
        }
      }),
    );
    for (const mine of taken) expect(mine).toEqual(mine.toSorted((one, other) => one - other));
    const all = taken.flat().toSorted((one, other) => one - other);
    expect(all).toEqual(inserted.map(({ execution }) => execution));
  });

  test('a claim and a cancellation at once agree on what happened', async () => {
    const { worker, pool } = await newWorker(sql);
    for (let round = 0; round < 30; round += 1) {
      const execution = await scheduledExecution(sql, pool);
      const [[row], cancelled] = await Promise.all([
        claimExecutions(sql, worker, [{ execution, epoch: 1 }]),
        cancelExecution(sql, execution),
      ]);
      const view = await findExecution(sql, execution);
      expect(cancelled?.changed).toBe(true);
      expect(view?.state).toBe(row === undefined ? 'cancelled' : 'canceling');
      expect(cancelled?.state).toBe(view?.state);
    }
  });

  test('a claim and a placement that is taken back at once agree on what happened', async () => {
    const { worker, pool } = await newWorker(sql);
    for (let round = 0; round < 30; round += 1) {
      const execution = await scheduledExecution(sql, pool);
      const [[row]] = await Promise.all([
        claimExecutions(sql, worker, [{ execution, epoch: 1 }]),
        unplaceExecutions(sql, [{ execution, epoch: 1, reason: 'moved' }]),
      ]);
      const view = await findExecution(sql, execution);
      expect(view?.state).toBe(row === undefined ? 'requested' : 'running');
    }
  });
});
