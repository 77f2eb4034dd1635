import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Registered } from '../../../src/contract/worker.ts';
import type { StoredRetry } from '../../../src/contract/retry.ts';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { appendLogs, readLog } from '../../../src/store/executions/logs.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import { readAttempts } from '../../../src/store/executions/read-attempts.ts';
import { placeExecutions, requestedExecutions } from '../../../src/store/executions/schedule.ts';
import { retryExecutions } from '../../../src/store/workers.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleOutcome, scheduledExecution, type OwnAttempt } from './support/samples.ts';

const policy: StoredRetry = {
  max_attempts: 3,
  delay: 0,
  backoff: 1,
  on: ['failed', 'timeout', 'worker_lost'],
};

describe.skipIf(!requires('postgres'))('another try', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];
  let home: Registered;

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
    home = await newWorker(sql);
  });
  afterAll(() => database.drop());

  async function runningAttempt(retry: StoredRetry | null): Promise<OwnAttempt> {
    const attempt = {
      execution: await scheduledExecution(sql, home.pool, { retry }),
      epoch: 1,
      worker: home.worker,
    };
    await claimExecutions(sql, home.worker, [attempt]);
    return attempt;
  }

  /** Places and claims it again. */
  async function next(attempt: OwnAttempt): Promise<OwnAttempt> {
    const following = { ...attempt, epoch: attempt.epoch + 1 };
    await placeExecutions(sql, [{ execution: attempt.execution, pool: home.pool }]);
    await claimExecutions(sql, home.worker, [following]);
    return following;
  }

  /** Whether a scheduler would place it now. */
  async function isRequested({ execution }: OwnAttempt): Promise<boolean> {
    const requested = await requestedExecutions(sql, { after: execution - 1, limit: 1 });
    return requested.some((one) => one.execution === execution);
  }

  test.each(['failed', 'timeout'] as const)(
    'after an end as %s, with what became of the first one',
    async (state) => {
      const first = await runningAttempt(policy);
      const outcome = sampleOutcome(state, { exit_code: 3, error: { code: 'x', message: 'y' } });
      expect(await finishExecution(sql, first, outcome, [chunk(0, 0, 'first')])).toBe('accepted');
      const waiting = await findExecution(sql, first.execution);
      expect(waiting).toMatchObject({
        state: 'requested',
        result: null,
        worker: null,
        finished: null,
        attempts: 1,
      });
      expect(waiting?.waiting_reason).toMatch(`attempt 1 of 3 ended as ${state}; the next one may begin at`);
      expect(await isRequested(first)).toBe(true);

      const second = await next(first);
      await finishExecution(sql, second, sampleOutcome('completed'), [chunk(0, 0, 'second')]);
      expect(await findExecution(sql, first.execution)).toMatchObject({
        state: 'completed',
        attempts: 2,
        epoch: 2,
      });
      const worker = { id: home.worker };
      expect(await readAttempts(sql, first.execution)).toMatchObject([
        { epoch: 1, state, result: outcome.result, pool: home.pool, worker },
        { epoch: 2, state: 'completed', pool: home.pool, worker },
      ]);
      for (const [epoch, text] of [
        [1, 'first'],
        [2, 'second'],
      ] as const) {
        const part = await readLog(sql, {
          execution: first.execution,
          epoch,
          stream: 'stdout',
          offset: 0,
          limit: 99,
        });
        expect(Buffer.concat(part?.pieces.map(({ bytes }) => bytes) ?? []).toString()).toBe(text);
      }
    },
  );

  test('the end of the last one is the end of the execution', async () => {
    let attempt = await runningAttempt({ ...policy, max_attempts: 2 });
    await finishExecution(sql, attempt, sampleOutcome('failed'), []);
    attempt = await next(attempt);
    await finishExecution(sql, attempt, sampleOutcome('timeout'), []);
    expect(await findExecution(sql, attempt.execution)).toMatchObject({ state: 'timeout', attempts: 2 });
  });

  test.each([
    ['a success', policy, 'completed'],
    ['a cancellation', policy, 'cancelled'],
    ['a cause that is not named', { ...policy, on: ['timeout'] }, 'failed'],
    ['no policy', null, 'failed'],
  ] as const)('is not given after %s', async (_what, retry, state) => {
    const attempt = await runningAttempt(retry);
    await finishExecution(sql, attempt, sampleOutcome(state), []);
    expect(await findExecution(sql, attempt.execution)).toMatchObject({ state });
    expect(await readAttempts(sql, attempt.execution)).toHaveLength(1);
  });

  test('is not given to what somebody cancels, and is taken back by a cancellation', async () => {
    const canceling = await runningAttempt(policy);
    await cancelExecution(sql, canceling.execution);
    await finishExecution(sql, canceling, sampleOutcome('failed'), []);
    expect(await findExecution(sql, canceling.execution)).toMatchObject({ state: 'failed' });

    const waiting = await runningAttempt({ ...policy, delay: 60 });
    await finishExecution(sql, waiting, sampleOutcome('failed'), []);
    await cancelExecution(sql, waiting.execution);
    expect(await findExecution(sql, waiting.execution)).toMatchObject({ state: 'cancelled' });
  });

  test('waits as long as the policy says, longer each time, at most a day', async () => {
    let attempt = await runningAttempt({ ...policy, max_attempts: 9, delay: 100, backoff: 10 });
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await finishExecution(sql, attempt, sampleOutcome('failed'), []);
      expect(await isRequested(attempt)).toBe(false);
      const [row] = await sql<{ seconds: number }[]>`
        SELECT round(extract(epoch FROM not_before - now()))::integer AS seconds FROM execution WHERE id = ${attempt.execution}`;
      waits.push(row?.seconds ?? 0);
      attempt = await next(attempt);
    }
    const expected = [100, 1000, 10_000, 86_400];
    for (const [round, wait] of waits.entries())
      expect(Math.abs(wait - (expected[round] ?? 0))).toBeLessThan(60);
  });

  test('an attempt that was lost with its worker is on record, and writes nothing any more', async () => {
    const first = await runningAttempt({ ...policy, on: ['worker_lost'] });
    await appendLogs(sql, first, [chunk(0, 0, 'before')]);
    expect(await retryExecutions(sql, [first], 'the worker is gone')).toBe(1);
    expect(await finishExecution(sql, first, sampleOutcome('completed'), [])).toBe('fenced');
    expect(await readAttempts(sql, first.execution)).toMatchObject([
      {
        epoch: 1,
        state: 'abandoned',
        worker: { id: home.worker },
        result: { error: { code: 'worker_lost' } },
      },
    ]);
  });

  test('the very end that led to another try is accepted again, also while that runs; another one is fenced', async () => {
    const first = await runningAttempt(policy);
    const outcome = sampleOutcome('failed', { data: 'first' });
    await finishExecution(sql, first, outcome, []);
    expect(await finishExecution(sql, first, outcome, [])).toBe('accepted');
    await next(first);
    expect(await finishExecution(sql, first, outcome, [])).toBe('accepted');
    expect(await finishExecution(sql, first, sampleOutcome('completed'), [])).toBe('fenced');
    expect(await findExecution(sql, first.execution)).toMatchObject({ state: 'running', epoch: 2 });
    expect(await readAttempts(sql, first.execution)).toHaveLength(2);
  });

  test('what a dead agent left behind is tried again as well', async () => {
    const first = await runningAttempt(policy);
    const leftover = { ...first, worker: undefined };
    expect(await finishExecution(sql, leftover, sampleOutcome('failed'), [])).toBe('accepted');
    expect(await readAttempts(sql, first.execution)).toMatchObject([
      { state: 'failed', worker: { id: home.worker } },
    ]);
  });

  test('nobody knows an execution that does not exist', async () => {
    expect(await readAttempts(sql, 999_999)).toBeUndefined();
  });
});
