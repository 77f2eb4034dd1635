import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Registered } from '../../../src/contract/worker.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { appendLogs, type Verdict } from '../../../src/store/executions/logs.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import {
  abandonExecutions,
  heartbeatWorker,
  orphanedAttempts,
  retryExecutions,
  returnUnbegun,
} from '../../../src/store/workers.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, sampleOutcome, scheduledExecution, type OwnAttempt } from './support/samples.ts';
import { lose, outputOf, succeed, workerWith } from './support/successions.ts';
import { untilWaiting, whileLocked } from './support/waiting.ts';

const nothing = { stdout: 0, stderr: 0 };
const retry = { max_attempts: 2, delay: 0, backoff: 1, on: ['worker_lost' as const] };

describe.skipIf(!requires('postgres'))('a succession that meets what was under way', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  /** A worker with one attempt. */
  async function single(change = {}) {
    const { worker, attempts } = await workerWith(sql, 1, change);
    const [attempt] = attempts;
    if (attempt === undefined) throw new Error('none');
    return { worker, attempt };
  }

  /** Both at once, the first of them first in the row's queue. */
  async function queued<First, Second>(
    execution: number,
    first: () => Promise<First>,
    second: () => Promise<Second>,
  ): Promise<[First, Second]> {
    let answers: Promise<[First, Second]> | undefined;
    await whileLocked(sql, execution, async () => {
      const one = first();
      await untilWaiting(sql, 1);
      const other = second();
      await untilWaiting(sql, 2);
      answers = Promise.all([one, other]);
    });
    if (answers === undefined) throw new Error('nothing was queued');
    return answers;
  }

  describe('a chunk of the dead agent', () => {
    const written = chunk(0, 0, 'before ');
    const late = chunk(1, 7, 'half of a li');

    test('that comes before it counts: the successor goes on behind it', async () => {
      const { worker, attempt } = await single();
      await appendLogs(sql, attempt, [written]);
      const [verdict, successor] = await queued(
        attempt.execution,
        () => appendLogs(sql, attempt, [late]),
        () => succeed(sql, worker, [attempt]),
      );
      expect(verdict).toBe('accepted');
      expect(successor.kept).toMatchObject([{ logEnds: { stdout: 19 } }]);
      const mine = { ...attempt, worker: successor.worker };
      expect(await appendLogs(sql, mine, [chunk(0, 19, 'ne, and more')])).toBe('accepted');
      expect(await outputOf(sql, attempt)).toBe('before half of a line, and more');
    });

    test('that comes after it is refused: the successor writes it itself', async () => {
      const { worker, attempt } = await single();
      await appendLogs(sql, attempt, [written]);
      const [successor, verdict] = await queued(
        attempt.execution,
        () => succeed(sql, worker, [attempt]),
        () => appendLogs(sql, attempt, [late]),
      );
      expect(verdict).toBe('fenced');
      expect(successor.kept).toMatchObject([{ logEnds: { stdout: 7 } }]);
      const mine = { ...attempt, worker: successor.worker };
      expect(await appendLogs(sql, mine, [chunk(0, 7, 'half of a line, and more')])).toBe('accepted');
      expect(await appendLogs(sql, attempt, [late])).toBe('fenced');
      expect(await outputOf(sql, attempt)).toBe('before half of a line, and more');
    });

    test('that meets it half-way waits for it, and is refused', async () => {
      const { worker, attempts } = await workerWith(sql, 2);
      const [attempt, locked] = attempts;
      if (attempt === undefined || locked === undefined) throw new Error('none');
      let verdict: Promise<Verdict> | undefined;
      let successor: Promise<Registered> | undefined;
      await whileLocked(sql, locked.execution, async () => {
        successor = succeed(sql, worker, attempts);
        await untilWaiting(sql, 1);
        verdict = appendLogs(sql, attempt, [written]);
        await untilWaiting(sql, 2);
      });
      expect((await successor)?.kept).toMatchObject([{ logEnds: nothing }, { logEnds: nothing }]);
      expect(await verdict).toBe('fenced');
      expect(await outputOf(sql, attempt)).toBe('');
    });
  });

  test('agents that die one after the other in the middle of writing leave one log without gap or double', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { worker, attempt } = await single();
      const text = Array.from({ length: 300 }, (_, index) => `line ${index}`).join('\n');
      const life = (writer: OwnAttempt, from: number) => write(writer, text.slice(from, from + 500), from);
      let agent = worker;
      let dying = life(attempt, 0);
      for (let deaths = 0; deaths < 5; deaths += 1) {
        await delay(Math.random() * 10);
        agent = await succeed(sql, agent, [attempt]);
        await dying;
        const end = agent.kept[0]?.logEnds.stdout ?? Number.NaN;
        dying = life({ ...attempt, worker: agent.worker }, end);
      }
      await dying;
      const written = await outputOf(sql, attempt);
      expect(written).not.toBe('');
      expect(text.startsWith(written)).toBe(true);
    }
  });

  /** Writes a part of a log, chunk by chunk of any size, until it is refused. */
  async function write(writer: OwnAttempt, text: string, offset: number): Promise<void> {
    for (let from = 0; from < text.length;) {
      const piece = text.slice(from, from + 1 + Math.floor(Math.random() * 40));
      if ((await appendLogs(sql, writer, [chunk(0, offset + from, piece)])) === 'fenced') return;
      from += piece.length;
    }
  }

  describe('the end that the dead agent reports', () => {
    const end = [chunk(0, 0, 'end')];

    test('before it counts: the attempt is not kept', async () => {
      const { worker, attempt } = await single();
      const [verdict, { kept }] = await queued(
        attempt.execution,
        () => finishExecution(sql, attempt, sampleOutcome(), end),
        () => succeed(sql, worker, [attempt]),
      );
      expect([verdict, kept]).toEqual(['accepted', []]);
      expect(await outputOf(sql, attempt)).toBe('end');
    });

    test('after it is refused, with its chunks: the successor reports the end', async () => {
      const { worker, attempt } = await single();
      const [successor, verdict] = await queued(
        attempt.execution,
        () => succeed(sql, worker, [attempt]),
        () => finishExecution(sql, attempt, sampleOutcome('failed'), end),
      );
      expect(verdict).toBe('fenced');
      expect(await outputOf(sql, attempt)).toBe('');
      const mine = { ...attempt, worker: successor.worker };
      expect(await finishExecution(sql, mine, sampleOutcome(), [chunk(0, 0, 'the end')])).toBe('accepted');
      expect(await outputOf(sql, attempt)).toBe('the end');
      expect(await findExecution(sql, attempt.execution)).toMatchObject({ state: 'completed' });
    });
  });

  describe('the sweep of a lost predecessor', () => {
    test('that saw the attempt before, and ends it after, does nothing', async () => {
      const { worker, attempt } = await single({ retry });
      await lose(sql, worker);
      const seen = await orphanedAttempts(sql, 100);
      expect(seen).toContainEqual(attempt);
      const { kept } = await succeed(sql, worker, [attempt]);
      expect(kept).toHaveLength(1);
      expect(await returnUnbegun(sql, seen)).toBe(0);
      expect(await retryExecutions(sql, seen, 'lost')).toBe(0);
      expect(await abandonExecutions(sql, seen, 'lost')).toBe(0);
      expect(await findExecution(sql, attempt.execution)).toMatchObject({ state: 'running', epoch: 1 });
    });

    test.each(['the sweep', 'the succession'])('at once, %s first: one of them has it', async (first) => {
      const { worker, attempt } = await single();
      await lose(sql, worker);
      const sweep = () => abandonExecutions(sql, [attempt], 'lost');
      const takeOver = () => succeed(sql, worker, [attempt]);
      const { execution } = attempt;
      const [abandoned, { kept }] =
        first === 'the sweep'
          ? await queued(execution, sweep, takeOver)
          : await queued(execution, takeOver, sweep).then(
              ([successor, count]) => [count, successor] as const,
            );
      expect([abandoned, kept.length]).toEqual(first === 'the sweep' ? [1, 0] : [0, 1]);
      const { state } = (await findExecution(sql, execution)) ?? {};
      expect(state).toBe(first === 'the sweep' ? 'abandoned' : 'running');
    });
  });

  test('a claim of the dead agent that goes through only afterwards waits again', async () => {
    const { worker, attempt } = await single();
    const late = { execution: await scheduledExecution(sql, worker.pool), epoch: 1 };
    let claimed: Promise<unknown[]> | undefined;
    await whileLocked(sql, late.execution, async () => {
      claimed = claimExecutions(sql, worker.worker, [late]);
      await untilWaiting(sql, 1);
      await succeed(sql, worker, [attempt]);
    });
    expect(await claimed).toMatchObject([late]);
    const orphan = { ...late, worker: worker.worker };
    expect(await orphanedAttempts(sql, 100)).toContainEqual(orphan);
    expect(await returnUnbegun(sql, [orphan])).toBe(1);
    expect(await findExecution(sql, late.execution)).toMatchObject({ state: 'requested', attempts: 0 });
    expect(await claimExecutions(sql, worker.worker, [late])).toEqual([undefined]);
  });

  test('a heartbeat of the dead agent that names nothing takes nothing from the successor', async () => {
    const { worker, attempt } = await single();
    await sql`UPDATE execution SET started = now() - interval '1 hour' WHERE id = ${attempt.execution}`;
    const [successor] = await queued(
      attempt.execution,
      () => succeed(sql, worker, [attempt]),
      () => heartbeatWorker(sql, worker.worker, [], 0),
    );
    expect(await findExecution(sql, attempt.execution)).toMatchObject({
      state: 'running',
      worker: { id: successor.worker },
    });
  });
});
