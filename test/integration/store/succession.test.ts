import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { appendLogs } from '../../../src/store/executions/logs.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import {
  abandonExecutions,
  findWorker,
  heartbeatWorker,
  orphanedAttempts,
  retryExecutions,
  returnUnbegun,
  setCordoned,
  unregisterWorker,
} from '../../../src/store/workers.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleOutcome, scheduledExecution, uniqueName } from './support/samples.ts';
import { lose, outputOf, succeed, workerWith } from './support/successions.ts';

const nothing = { stdout: 0, stderr: 0 };

describe.skipIf(!requires('postgres'))('a worker that goes on with the attempts of a dead one', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  test('nobody is succeeded by who names no predecessor', async () => {
    expect(await newWorker(sql)).toMatchObject({ kept: [] });
  });

  test('named attempts run on under their epochs, with the ends of their logs', async () => {
    const { worker, attempts } = await workerWith(sql, 2);
    const [busy, quiet] = attempts;
    if (busy === undefined || quiet === undefined) throw new Error('none');
    await appendLogs(sql, busy, [chunk(0, 0, 'grün'), chunk(0, 0, 'oops', 'stderr'), chunk(1, 5, '!')]);
    await cancelExecution(sql, quiet.execution);

    const successor = await succeed(sql, worker, attempts);
    expect(successor.kept).toEqual([
      { execution: busy.execution, epoch: 1, logEnds: { stdout: 6, stderr: 4 } },
      { execution: quiet.execution, epoch: 1, logEnds: nothing },
    ]);
    expect(await findWorker(sql, worker.worker)).toMatchObject({ status: 'replaced', busy: 0 });
    expect(await findExecution(sql, busy.execution)).toMatchObject({
      state: 'running',
      epoch: 1,
      attempts: 1,
      worker: { id: successor.worker },
    });
    expect(await heartbeatWorker(sql, successor.worker, attempts, 2)).toMatchObject({
      status: 'online',
      cancel: [{ execution: quiet.execution, epoch: 1 }],
      fenced: [],
    });
    const mine = { ...busy, worker: successor.worker };
    expect(await appendLogs(sql, mine, [chunk(2, 6, ' more')])).toBe('accepted');
    expect(await finishExecution(sql, mine, sampleOutcome(), [chunk(3, 11, ' end')])).toBe('accepted');
    expect(await outputOf(sql, busy)).toBe('grün! more end');
  });

  test('an end of a log is that of its epoch, and counts what the output limit left out', async () => {
    const { worker, attempts } = await workerWith(sql, 1);
    for (const attempt of attempts)
      await appendLogs(sql, attempt, [chunk(0, 0, 'head'), chunk(1, 1000, 'tail')]);
    await sql`
      INSERT INTO execution_log (execution, epoch, stream, byte_offset, bytes)
      SELECT ${attempts[0]?.execution ?? 0}, 2, 'stdout', 5000, 'of another epoch'`;
    const { kept } = await succeed(sql, worker, attempts);
    expect(kept.map(({ logEnds }) => logEnds)).toEqual([{ stdout: 1004, stderr: 0 }]);
  });

  test('what is not named has never begun: it waits again, and the claim counts for nothing', async () => {
    const { worker, attempts } = await workerWith(sql, 3);
    const [named, unnamed, canceling] = attempts;
    if (named === undefined || unnamed === undefined || canceling === undefined) throw new Error('none');
    await cancelExecution(sql, canceling.execution);
    await succeed(sql, worker, [named]);

    const orphans = (await orphanedAttempts(sql, 100)).filter((orphan) => orphan.worker === worker.worker);
    expect(orphans.toSorted((one, other) => one.execution - other.execution)).toEqual([unnamed, canceling]);
    expect(await returnUnbegun(sql, orphans)).toBe(1);
    expect(await retryExecutions(sql, orphans, 'lost')).toBe(0);
    expect(await abandonExecutions(sql, orphans, 'gone')).toBe(1);
    expect(await findExecution(sql, unnamed.execution)).toMatchObject({
      state: 'requested',
      attempts: 0,
      worker: null,
      waiting_reason: 'its worker died before it began',
    });
    expect(await findExecution(sql, canceling.execution)).toMatchObject({ state: 'abandoned' });
    expect(await findExecution(sql, named.execution)).toMatchObject({ state: 'running' });
  });

  test('attempts of a worker without a successor may have begun: they are not simply returned', async () => {
    const { worker, attempts } = await workerWith(sql, 1);
    await unregisterWorker(sql, worker.worker);
    expect(await returnUnbegun(sql, attempts)).toBe(0);
    expect(await abandonExecutions(sql, attempts, 'gone')).toBe(1);
  });

  test('what ended, runs under another epoch, or runs elsewhere is not kept', async () => {
    const { worker, attempts } = await workerWith(sql, 2);
    const [ended, running] = attempts;
    if (ended === undefined || running === undefined) throw new Error('none');
    await finishExecution(sql, ended, sampleOutcome(), []);
    const elsewhere = await workerWith(sql, 1);
    const unknown = { execution: 999_999, epoch: 1 };
    const scheduled = { execution: await scheduledExecution(sql, worker.pool), epoch: 1 };
    const named = [ended, { ...running, epoch: 2 }, ...elsewhere.attempts, unknown, scheduled];

    const successor = await succeed(sql, worker, named);
    expect(successor.kept).toEqual([]);
    const { fenced } = await heartbeatWorker(sql, successor.worker, [ended, { ...running, epoch: 2 }], 2);
    expect(fenced).toHaveLength(2);
    for (const { execution } of elsewhere.attempts) {
      expect(await findExecution(sql, execution)).toMatchObject({ worker: { id: elsewhere.worker.worker } });
    }
  });

  test('a predecessor that nobody knows keeps nothing', async () => {
    const { attempts } = await workerWith(sql, 1);
    const unknown = { worker: 999_999, pool: uniqueName('pool'), kept: [] };
    expect((await succeed(sql, unknown, attempts)).kept).toEqual([]);
  });

  test('a predecessor that was lost is succeeded as long as nobody ended its attempts', async () => {
    const { worker, attempts } = await workerWith(sql, 2, {
      retry: { max_attempts: 2, delay: 0, backoff: 1, on: ['worker_lost' as const] },
    });
    const [given, kept] = attempts;
    if (given === undefined || kept === undefined) throw new Error('none');
    await lose(sql, worker);
    expect(await retryExecutions(sql, [given], 'lost')).toBe(1);

    const successor = await succeed(sql, worker, attempts);
    expect(successor.kept).toEqual([{ execution: kept.execution, epoch: 1, logEnds: nothing }]);
    expect(await findWorker(sql, worker.worker)).toMatchObject({ status: 'lost' });
    expect(await orphanedAttempts(sql, 100)).not.toContainEqual(expect.objectContaining(kept));
  });

  test('an agent whose registration was not answered registers again, and keeps the same', async () => {
    const { worker, attempts } = await workerWith(sql, 1);
    const first = await succeed(sql, worker, attempts);
    const again = await succeed(sql, worker, attempts);
    expect(again.kept).toEqual(first.kept);
    expect(again.kept).toHaveLength(1);
    expect(await findWorker(sql, first.worker)).toMatchObject({ status: 'replaced' });
    const [attempt] = attempts;
    if (attempt === undefined) throw new Error('none');
    expect(await appendLogs(sql, { ...attempt, worker: first.worker }, [chunk(0, 0, 'x')])).toBe('fenced');
    expect(await appendLogs(sql, { ...attempt, worker: again.worker }, [chunk(0, 0, 'x')])).toBe('accepted');
  });

  test('one death after the other: attempts are handed on, and what one of the dead claimed waits again', async () => {
    const { worker, attempts } = await workerWith(sql, 1);
    const second = await succeed(sql, worker, attempts);
    const unbegun = {
      execution: await scheduledExecution(sql, worker.pool),
      epoch: 1,
      worker: second.worker,
    };
    await claimExecutions(sql, second.worker, [unbegun]);
    const third = await succeed(sql, second, attempts);
    const fourth = await succeed(sql, worker, attempts);
    expect([second, third, fourth].map(({ kept }) => kept.length)).toEqual([1, 1, 1]);
    expect(await returnUnbegun(sql, [unbegun])).toBe(1);
    expect(await findExecution(sql, unbegun.execution)).toMatchObject({ state: 'requested', attempts: 0 });
  });

  test('a cordon outlives the agent, but not the one that the loss brought', async () => {
    const cordoned = await newWorker(sql);
    await setCordoned(sql, cordoned.worker, true);
    const successor = await succeed(sql, cordoned, []);
    expect(await findWorker(sql, successor.worker)).toMatchObject({ status: 'online', cordoned: true });

    const lost = await newWorker(sql);
    await lose(sql, lost);
    await setCordoned(sql, lost.worker, true);
    const another = await succeed(sql, lost, []);
    expect(await findWorker(sql, another.worker)).toMatchObject({ status: 'online', cordoned: false });
  });
});
