import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { terminalState } from '../../../src/contract/execution-state.ts';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { appendLogs, readLog, type Verdict } from '../../../src/store/executions/logs.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import { placeExecutions } from '../../../src/store/executions/schedule.ts';
import { abandonExecutions, retryExecutions } from '../../../src/store/workers.ts';
import type { NewExecution } from '../../../src/store/executions/insert.ts';
import type { Attempt, Registered } from '../../../src/contract/worker.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleOutcome, scheduledExecution, type OwnAttempt } from './support/samples.ts';
import { untilWaiting } from './support/waiting.ts';

const nothing = { bytes: 0, dropped: 0 };
const retry = { max_attempts: 2, delay: 0, backoff: 1, on: ['worker_lost' as const] };

describe.skipIf(!requires('postgres'))('the end of an attempt', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];
  let home: Registered;

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
    home = await newWorker(sql);
  });
  afterAll(() => database.drop());

  async function runningAttempt(change: Partial<NewExecution> = {}): Promise<OwnAttempt> {
    const execution = await scheduledExecution(sql, home.pool, change);
    const attempt = { execution, epoch: 1, worker: home.worker };
    await claimExecutions(sql, home.worker, [attempt]);
    return attempt;
  }

  async function textOf({ execution, epoch }: Attempt): Promise<string> {
    const part = await readLog(sql, { execution, epoch, stream: 'stdout', offset: 0, limit: 1_000_000 });
    return Buffer.concat(part?.pieces.map(({ bytes }) => bytes) ?? []).toString();
  }

  test.each(terminalState.options)('%s is stored with result and last log', async (state) => {
    const attempt = await runningAttempt();
    const outcome = sampleOutcome(state, { exit_code: 3, stdout: { bytes: 3, dropped: 0 } });
    expect(await finishExecution(sql, attempt, outcome, [chunk(0, 0, 'end')])).toBe('accepted');

    const view = await findExecution(sql, attempt.execution);
    expect(view).toMatchObject({ state, result: outcome.result, worker: { id: home.worker } });
    expect(view?.finished).not.toBeNull();
    expect(await textOf(attempt)).toBe('end');
  });

  test('the same end again is accepted and changes nothing; another one is fenced', async () => {
    const attempt = await runningAttempt();
    const outcome = sampleOutcome('completed', { data: 'first' });
    await finishExecution(sql, attempt, outcome, [chunk(0, 0, 'end')]);
    const stored = await findExecution(sql, attempt.execution);

    const again = [chunk(0, 0, 'END'), chunk(1, 3, '!')];
    expect(await finishExecution(sql, attempt, outcome, again)).toBe('accepted');
    const other = sampleOutcome('completed', { data: 'second' });
    expect(await finishExecution(sql, attempt, other, again)).toBe('fenced');
    expect(await finishExecution(sql, attempt, sampleOutcome('failed'), [])).toBe('fenced');
    expect(await findExecution(sql, attempt.execution)).toEqual(stored);
    expect(await textOf(attempt)).toBe('end');
  });

  test('an attempt that does not run is fenced: never placed, not claimed, unknown, of another epoch', async () => {
    const { worker } = home;
    const scheduled = { execution: await scheduledExecution(sql, home.pool), epoch: 1, worker };
    const running = await runningAttempt();
    const strangers = [
      scheduled,
      { ...running, epoch: 2 },
      { execution: 999_999, epoch: 1, worker },
      { ...running, epoch: 0 },
    ];
    for (const stranger of strangers) {
      expect(await finishExecution(sql, stranger, sampleOutcome(), [chunk(0, 0, 'x')])).toBe('fenced');
      expect(await appendLogs(sql, stranger, [chunk(0, 0, 'x')])).toBe('fenced');
      expect(await textOf(stranger)).toBe('');
    }
    expect(await findExecution(sql, running.execution)).toMatchObject({ state: 'running', result: null });
  });

  test('after the worker is lost the old attempt writes nothing any more, also while the next one runs', async () => {
    const attempt = await runningAttempt({ retry });
    await appendLogs(sql, attempt, [chunk(0, 0, 'before')]);
    expect(await retryExecutions(sql, [attempt], 'lost')).toBe(1);
    expect(await appendLogs(sql, attempt, [chunk(1, 6, 'late')])).toBe('fenced');
    expect(await finishExecution(sql, attempt, sampleOutcome(), [])).toBe('fenced');

    await placeExecutions(sql, [{ execution: attempt.execution, pool: home.pool }]);
    const next = { ...attempt, epoch: 2 };
    await claimExecutions(sql, home.worker, [next]);
    expect(await finishExecution(sql, attempt, sampleOutcome('failed'), [chunk(1, 6, 'late')])).toBe(
      'fenced',
    );
    expect(await finishExecution(sql, next, sampleOutcome(), [chunk(0, 0, 'after')])).toBe('accepted');
    expect(await textOf(attempt)).toBe('before');
    expect(await textOf(next)).toBe('after');
    expect(await findExecution(sql, attempt.execution)).toMatchObject({
      state: 'completed',
      epoch: 2,
      attempts: 2,
    });
  });

  test('a retry is given only while tries are left, where asked for, and to what runs', async () => {
    const unwilling = await runningAttempt({ retry: { ...retry, on: ['failed'] } });
    const without = await runningAttempt();
    const spent = await runningAttempt({ retry: { ...retry, max_attempts: 1 } });
    const canceling = await runningAttempt({ retry });
    await cancelExecution(sql, canceling.execution);
    const all = [unwilling, without, spent, canceling];
    expect(await retryExecutions(sql, all, 'lost')).toBe(0);
    expect(await abandonExecutions(sql, [...all, { ...unwilling, epoch: 7 }], 'the worker is gone')).toBe(4);
    expect(await abandonExecutions(sql, all, 'again')).toBe(0);
    for (const { execution } of all) {
      expect(await findExecution(sql, execution)).toMatchObject({
        state: 'abandoned',
        result: { succeeded: false, error: { code: 'worker_lost', message: 'the worker is gone' } },
      });
    }
  });

  test('finish and cancel at once: the end wins, or the cancellation is on record first', async () => {
    for (let round = 0; round < 30; round += 1) {
      const attempt = await runningAttempt();
      const [verdict, cancelled] = await Promise.all([
        finishExecution(sql, attempt, sampleOutcome(), []),
        cancelExecution(sql, attempt.execution),
      ]);
      expect(verdict).toBe('accepted');
      expect(await findExecution(sql, attempt.execution)).toMatchObject({ state: 'completed' });
      expect(cancelled).toEqual(
        cancelled?.changed === true
          ? { state: 'canceling', changed: true }
          : { state: 'completed', changed: false },
      );
    }
  });

  test('finish and abandonment at once: exactly one of them happened', async () => {
    for (let round = 0; round < 30; round += 1) {
      const attempt = await runningAttempt();
      const [verdict, abandoned] = await Promise.all([
        finishExecution(sql, attempt, sampleOutcome(), [chunk(0, 0, 'end')]),
        abandonExecutions(sql, [attempt], 'lost'),
      ]);
      const view = await findExecution(sql, attempt.execution);
      expect(verdict).toBe(abandoned === 0 ? 'accepted' : 'fenced');
      expect(view?.state).toBe(abandoned === 0 ? 'completed' : 'abandoned');
      expect(await textOf(attempt)).toBe(abandoned === 0 ? 'end' : '');
    }
  });

  test('only the worker that has the attempt writes for it; without one, the epoch counts', async () => {
    const attempt = await runningAttempt();
    const stranger = { ...attempt, worker: (await newWorker(sql)).worker };
    expect(await appendLogs(sql, stranger, [chunk(0, 0, 'x')])).toBe('fenced');
    expect(await finishExecution(sql, stranger, sampleOutcome(), [chunk(0, 0, 'x')])).toBe('fenced');
    expect(await textOf(attempt)).toBe('');
    const leftover = { ...attempt, worker: undefined };
    expect(await appendLogs(sql, leftover, [chunk(0, 0, 'left ')])).toBe('accepted');
    expect(await finishExecution(sql, leftover, sampleOutcome(), [chunk(0, 5, 'over')])).toBe('accepted');
    expect(await textOf(attempt)).toBe('left over');
  });

  test('logs that meet the loss of the worker half-way wait for it, and are refused', async () => {
    const attempt = await runningAttempt();
    let appended: Promise<Verdict> | undefined;
    await sql.begin(async (transaction) => {
      await transaction`UPDATE execution SET state = 'requested' WHERE id = ${attempt.execution}`;
      appended = appendLogs(sql, attempt, [chunk(0, 0, 'late')]);
      await untilWaiting(sql, 1);
    });
    expect(await appended).toBe('fenced');
    expect(await textOf(attempt)).toBe('');
  });

  test('a repeated chunk changes nothing', async () => {
    const attempt = await runningAttempt();
    const chunks = [chunk(0, 0, 'one '), chunk(1, 4, 'two ')];
    await appendLogs(sql, attempt, chunks);
    await appendLogs(sql, attempt, [...chunks, chunk(2, 8, 'three')]);
    await finishExecution(sql, attempt, sampleOutcome('completed', { stdout: nothing }), [
      chunk(2, 8, 'three'),
    ]);
    expect(await textOf(attempt)).toBe('one two three');
  });
});
