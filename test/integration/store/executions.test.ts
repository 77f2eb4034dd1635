import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { insertExecutions } from '../../../src/store/executions/insert.ts';
import { findExecution, listExecutions } from '../../../src/store/executions/read.ts';
import {
  markPublished,
  placeExecutions,
  requestedExecutions,
  setWaitingReasons,
  stuckNotices,
  unplaceExecutions,
  unpublishedNotices,
} from '../../../src/store/executions/schedule.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import {
  newWorker,
  sampleExecution,
  sampleOutcome,
  scheduledExecution,
  uniqueName,
} from './support/samples.ts';

const soon = { olderThanSeconds: 0, limit: 10_000 };
/** Everything that PostgreSQL's jsonb would refuse or change. */
const awkward = {
  nul: '\u0000',
  surrogate: '\ud800',
  type: 'text',
  value: [1, 'NULL', null],
  big: 1e300,
  '': {},
};

describe.skipIf(!requires('postgres'))('executions', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  test('a batch is answered in its order, whatever its size', async () => {
    const pool = uniqueName('pool');
    const batch = Array.from({ length: 300 }, (_, index) =>
      sampleExecution(index % 3 === 0 ? { waitingReason: `reason ${index}` } : { pool }, {
        parameters: { index },
      }),
    );
    const inserted = await insertExecutions(sql, batch);

    expect(inserted).toHaveLength(300);
    const views = await Promise.all(inserted.map(({ execution }) => findExecution(sql, execution)));
    expect(views.map((view) => view?.parameters)).toEqual(batch.map(({ parameters }) => parameters));
    expect(inserted[0]).toMatchObject({ epoch: 0, state: 'requested', pool: null });
    expect(views[0]).toMatchObject({ waiting_reason: 'reason 0', scheduled: null });
    expect(inserted[1]).toMatchObject({ epoch: 1, state: 'scheduled', pool });
    expect(views[1]).toMatchObject({ waiting_reason: null, attempts: 0, worker: null });
    expect(await insertExecutions(sql, [])).toEqual([]);
  });

  test('parameters and results come back exactly as they were', async () => {
    const { worker, pool } = await newWorker(sql);
    const execution = await scheduledExecution(sql, pool, {
      parameters: awkward,
      secretParameters: 'sealed',
    });
    const [claimed] = await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
    expect(claimed).toMatchObject({ parameters: awkward, secretParameters: 'sealed' });

    const own = { execution, epoch: 1, worker };
    await finishExecution(sql, own, sampleOutcome('completed', { data: awkward }), []);
    const view = await findExecution(sql, execution);
    expect(view?.parameters).toEqual(awkward);
    expect(view?.result?.data).toEqual(awkward);
    expect(JSON.stringify(view)).not.toContain('sealed');
  });

  test('what waits is placed once, by whoever is first', async () => {
    const pool = uniqueName('pool');
    const [first, second] = await insertExecutions(sql, [
      sampleExecution({ waitingReason: 'no worker' }),
      sampleExecution({ waitingReason: 'no worker' }),
    ]);
    if (first === undefined || second === undefined) throw new Error('nothing was inserted');
    const waiting = await requestedExecutions(sql, { after: first.execution - 1, limit: 1 });
    expect(waiting).toEqual([
      { execution: first.execution, requirement: { runtimes: { shell: '*' }, labels: {} } },
    ]);

    const places = [first, second].map(({ execution }) => ({ execution, pool }));
    const both = await Promise.all([placeExecutions(sql, places), placeExecutions(sql, places)]);
    expect(both.flat().map(({ execution, epoch }) => ({ execution, epoch }))).toHaveLength(2);
    expect(new Set(both.flat().map(({ execution }) => execution)).size).toBe(2);

    await unplaceExecutions(sql, [{ execution: first.execution, epoch: 1, reason: 'its pool is gone' }]);
    await unplaceExecutions(sql, [{ execution: second.execution, epoch: 9, reason: 'stale' }]);
    expect(await findExecution(sql, first.execution)).toMatchObject({
      state: 'requested',
      epoch: 1,
      pool: null,
      waiting_reason: 'its pool is gone',
    });
    expect(await findExecution(sql, second.execution)).toMatchObject({ state: 'scheduled', epoch: 1 });
    const again = await placeExecutions(sql, [{ execution: first.execution, pool }]);
    expect(again).toEqual([{ execution: first.execution, epoch: 2, pool }]);
  });

  test('a waiting reason is written only where it changed, and only while it waits', async () => {
    const [waiting] = await insertExecutions(sql, [sampleExecution({ waitingReason: 'old' })]);
    if (waiting === undefined) throw new Error('nothing was inserted');
    const { execution } = waiting;
    const versionOf = async () => {
      const [row] = await sql<{ xmin: string }[]>`SELECT xmin::text FROM execution WHERE id = ${execution}`;
      return row?.xmin;
    };
    const before = await versionOf();
    await setWaitingReasons(sql, [{ execution, reason: 'old' }]);
    expect(await versionOf()).toBe(before);
    await setWaitingReasons(sql, [{ execution, reason: 'new' }]);
    expect(await findExecution(sql, execution)).toMatchObject({ waiting_reason: 'new' });

    const { worker, pool } = await newWorker(sql);
    await placeExecutions(sql, [{ execution, pool }]);
    expect(await findExecution(sql, execution)).toMatchObject({ waiting_reason: null });
    await setWaitingReasons(sql, [{ execution, reason: 'its pool is busy' }]);
    expect(await findExecution(sql, execution)).toMatchObject({ waiting_reason: 'its pool is busy' });
    await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
    await setWaitingReasons(sql, [{ execution, reason: 'late' }]);
    expect(await findExecution(sql, execution)).toMatchObject({ waiting_reason: null });
  });

  test('a notice is unpublished until the broker took it, then stuck until it is claimed', async () => {
    const { worker, pool } = await newWorker(sql);
    const execution = await scheduledExecution(sql, pool);
    const notice = { execution, epoch: 1, pool };
    const unpublished = async () =>
      (await unpublishedNotices(sql, soon)).filter((found) => found.execution === execution);

    expect(await unpublished()).toEqual([notice]);
    expect(await unpublishedNotices(sql, { olderThanSeconds: 3600, limit: 100 })).toEqual([]);
    expect(await stuckNotices(sql, pool, soon)).toEqual([]);

    await markPublished(sql, [{ execution, epoch: 2 }]);
    expect(await unpublished()).toEqual([notice]);
    await markPublished(sql, [notice]);
    expect(await unpublished()).toEqual([]);
    expect(await stuckNotices(sql, pool, soon)).toEqual([notice]);
    expect(await stuckNotices(sql, pool, { olderThanSeconds: 3600, limit: 100 })).toEqual([]);
    expect(await stuckNotices(sql, uniqueName('pool'), soon)).toEqual([]);

    await claimExecutions(sql, worker, [notice]);
    expect(await stuckNotices(sql, pool, soon)).toEqual([]);
  });

  test('a new placement is unpublished again', async () => {
    const pool = uniqueName('pool');
    const execution = await scheduledExecution(sql, pool);
    await markPublished(sql, [{ execution, epoch: 1 }]);
    await unplaceExecutions(sql, [{ execution, epoch: 1, reason: 'elsewhere' }]);
    await placeExecutions(sql, [{ execution, pool }]);
    expect(await unpublishedNotices(sql, soon)).toContainEqual({ execution, epoch: 2, pool });
  });

  test('cancelling ends at once what no worker has, and tells the worker otherwise', async () => {
    const { worker, pool } = await newWorker(sql);
    const [waiting] = await insertExecutions(sql, [sampleExecution({ waitingReason: 'none' })]);
    const scheduled = await scheduledExecution(sql, pool);
    const running = await scheduledExecution(sql, pool);
    await claimExecutions(sql, worker, [{ execution: running, epoch: 1 }]);

    for (const execution of [waiting?.execution ?? 0, scheduled]) {
      expect(await cancelExecution(sql, execution)).toEqual({ state: 'cancelled', changed: true });
      const view = await findExecution(sql, execution);
      expect(view).toMatchObject({
        state: 'cancelled',
        waiting_reason: null,
        result: { error: { code: 'cancelled' } },
      });
      expect(view?.finished).not.toBeNull();
      expect(await cancelExecution(sql, execution)).toEqual({ state: 'cancelled', changed: false });
    }
    expect(await cancelExecution(sql, running)).toEqual({ state: 'canceling', changed: true });
    expect(await findExecution(sql, running)).toMatchObject({
      state: 'canceling',
      finished: null,
      result: null,
    });
    expect(await cancelExecution(sql, running)).toEqual({ state: 'canceling', changed: false });
    expect(await cancelExecution(sql, 999_999)).toBeUndefined();
  });

  test('lists are newest first, filtered, and paged by a cursor', async () => {
    const pool = uniqueName('pool');
    const action = 'sample.listed';
    const placements = [
      { pool },
      { pool },
      { pool: uniqueName('pool') },
      { waitingReason: 'none' },
      { pool },
    ];
    const inserted = await insertExecutions(
      sql,
      placements.map((placement) => sampleExecution(placement, { action })),
    );
    const ids = inserted.map(({ execution }) => execution).toReversed();
    await cancelExecution(sql, ids[0] ?? 0);

    const listed = async (filter: Parameters<typeof listExecutions>[2]) =>
      (await listExecutions(sql, { limit: 100 }, filter)).items.map(({ id }) => id);
    expect(await listed({ action })).toEqual(ids);
    expect(await listed({ action, state: 'cancelled' })).toEqual(ids.slice(0, 1));
    expect(await listed({ action, state: 'requested' })).toEqual(ids.slice(1, 2));
    expect(await listed({ pool })).toEqual([ids[0], ids[3], ids[4]]);
    expect(await listed({ action: 'sample.unknown' })).toEqual([]);

    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listExecutions>> = await listExecutions(
        sql,
        { limit: 2, cursor: cursor ?? undefined },
        { action },
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
    await expect(listExecutions(sql, { limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid_cursor',
    });
  });
});
