import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  canTransition,
  isTerminal,
  terminalState,
  type ExecutionState,
} from '../../../src/contract/execution-state.ts';
import type { Attempt, Registered } from '../../../src/contract/worker.ts';
import type { Sql } from '../../../src/store/connect.ts';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions, claimNext } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { insertExecutions } from '../../../src/store/executions/insert.ts';
import { appendLogs } from '../../../src/store/executions/logs.ts';
import { findExecution } from '../../../src/store/executions/read.ts';
import { markPublished, placeExecutions, unplaceExecutions } from '../../../src/store/executions/schedule.ts';
import { abandonExecutions, retryExecutions, returnUnbegun } from '../../../src/store/workers.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleExecution, sampleOutcome } from './support/samples.ts';
import { succeed } from './support/successions.ts';

const executionCount = 3;
const workerCount = 3;

/** What anybody may do to an execution at any moment. `stale` is how many epochs its knowledge is behind. */
const step = fc.record({
  what: fc.constantFrom(
    'place',
    'unplace',
    'mark',
    'claim',
    'claimNext',
    'log',
    'finish',
    'cancel',
    'retry',
    'abandon',
    'succeed',
    'return',
  ),
  which: fc.nat(executionCount - 1),
  who: fc.nat(workerCount - 1),
  stale: fc.constantFrom(0, 0, 0, 1, -1),
  end: fc.constantFrom(...terminalState.options),
});
type Step = ReturnType<typeof fc.sample<typeof step extends fc.Arbitrary<infer T> ? T : never>>[number];

/** Steps of one round are taken at the same moment, over as many connections. */
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 14 });

/** One row for each write to an execution, kept by a trigger, so that nothing can happen unseen. */
interface Change {
  readonly execution: number;
  readonly from: ExecutionState;
  readonly to: ExecutionState;
  readonly oldEpoch: number;
  readonly epoch: number;
}

/** Who plays, and everything that was accepted, as those who did it were told. */
interface Cast {
  readonly executions: readonly number[];
  /** Each of them as it is known after its last succession. */
  readonly workers: Registered[];
  readonly claimed: Attempt[];
  readonly logged: Attempt[];
  readonly finished: (Attempt & { readonly end: string })[];
}

describe.skipIf(!requires('postgres'))('the life of an execution', () => {
  let database: StoreDatabase;
  let sql: Sql;

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
    await sql.unsafe(`
      CREATE TABLE change (id bigserial, execution bigint, "from" text, "to" text, "oldEpoch" integer, epoch integer);
      CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO change (execution, "from", "to", "oldEpoch", epoch) VALUES (new.id, old.state, new.state, old.epoch, new.epoch);
        RETURN NULL;
      END $$;
      CREATE TRIGGER note_change AFTER UPDATE ON execution FOR EACH ROW EXECUTE FUNCTION note_change();`);
  });
  afterAll(() => database.drop());

  test('whatever happens at once, only allowed steps are taken, one attempt runs, and an end is complete', async () => {
    const property = fc.asyncProperty(rounds, async (script) => {
      const cast = await assemble();
      for (const round of script) await Promise.all(round.map((taken) => take(taken, cast)));
      await referee(cast);
    });
    await fc.assert(property, { numRuns: 60 });
    expect(await sql`SELECT FROM change WHERE "to" = 'completed' LIMIT 1`).toHaveLength(1);
  });

  /** New executions and workers in a pool of their own. */
  async function assemble(): Promise<Cast> {
    const first = await newWorker(sql);
    const { pool } = first;
    const others = Array.from({ length: workerCount - 1 }, () => newWorker(sql, { pool }));
    const workers = [first, ...(await Promise.all(others))];
    const retry = { max_attempts: 3, delay: 0, backoff: 1, on: ['worker_lost' as const] };
    const inserted = await insertExecutions(sql, [
      sampleExecution({ waitingReason: 'none' }),
      sampleExecution({ pool }, { retry }),
      sampleExecution({ pool }),
    ]);
    const executions = inserted.map(({ execution }) => execution);
    return { executions, workers, claimed: [], logged: [], finished: [] };
  }

  async function take({ what, which, who, stale, end }: Step, cast: Cast) {
    const execution = cast.executions[which] ?? 0;
    const player = cast.workers[who];
    if (player === undefined) throw new Error('nobody plays');
    const { worker, pool } = player;
    const now = await findExecution(sql, execution);
    const attempt = { execution, epoch: Math.max(1, (now?.epoch ?? 0) - stale) };
    const own = { ...attempt, worker: now?.worker?.id ?? worker };
    const steps: Record<Step['what'], () => Promise<unknown>> = {
      place: () => placeExecutions(sql, [{ execution, pool }]),
      unplace: () => unplaceExecutions(sql, [{ ...attempt, reason: 'moved' }]),
      mark: () => markPublished(sql, [attempt]),
      cancel: () => cancelExecution(sql, execution),
      retry: () => retryExecutions(sql, [own], 'lost'),
      abandon: () => abandonExecutions(sql, [own], 'lost'),
      return: () => returnUnbegun(sql, [own]),
      async succeed() {
        cast.workers[who] = await succeed(sql, player, [attempt]);
      },
      async claim() {
        for (const row of await claimExecutions(sql, worker, [attempt])) if (row) cast.claimed.push(row);
      },
      async claimNext() {
        cast.claimed.push(...(await claimNext(sql, { worker, pool, count: 2 })).rows);
      },
      async log() {
        const verdict = await appendLogs(sql, own, [chunk(0, 0, `log of ${attempt.epoch}`)]);
        if (verdict === 'accepted') cast.logged.push(attempt);
      },
      async finish() {
        const outcome = sampleOutcome(end, { data: attempt });
        const verdict = await finishExecution(sql, own, outcome, [chunk(9, 900, `end of ${attempt.epoch}`)]);
        if (verdict === 'accepted') cast.finished.push({ ...attempt, end });
      },
    };
    await steps[what]();
  }

  async function referee(cast: Cast): Promise<void> {
    const { executions } = cast;
    const changes = await sql<Change[]>`
      SELECT execution, "from", "to", "oldEpoch", epoch FROM change
      WHERE execution = ANY (${[...executions]}::bigint[]) ORDER BY id`;
    for (const change of changes) expect(problemsOf(change)).toEqual([]);

    const starts = changes.filter(({ from, to }) => from === 'scheduled' && to === 'running').map(nameOf);
    expect(new Set(starts).size).toBe(starts.length);
    expect(cast.claimed.map(nameOf).toSorted()).toEqual(starts.toSorted());

    const logs = await sql<(Attempt & { offset: number })[]>`
      SELECT execution, epoch, byte_offset AS offset FROM execution_log WHERE execution = ANY (${[...executions]}::bigint[])`;
    const written = new Set(logs.filter(({ offset }) => offset === 0).map(nameOf));
    expect(written).toEqual(new Set(cast.logged.map(nameOf)));

    for (const id of executions) {
      const view = await findExecution(sql, id);
      if (view === undefined) throw new Error('an execution vanished');
      const ends = cast.finished.filter(({ execution }) => execution === id);
      const over = isTerminal(view.state);
      expect(over).toBe(view.finished !== null && view.result !== null);
      // Whoever was told that its end is stored will find exactly that end, with its last log.
      for (const { epoch, end } of ends) {
        expect(view).toMatchObject({ state: end, epoch, result: { data: { epoch } } });
        expect(logs.some((log) => log.execution === id && log.epoch === epoch && log.offset === 900)).toBe(
          true,
        );
      }
      const lastLogs = logs.filter(({ execution, offset }) => execution === id && offset === 900);
      expect(lastLogs.map(nameOf)).toEqual([...new Set(ends.map(nameOf))]);
    }
  }
});

/** What is wrong with a write, in words. */
function problemsOf({ from, to, oldEpoch, epoch }: Change): string[] {
  const placed = from === 'requested' && to === 'scheduled';
  return [
    from !== to && !canTransition(from, to) && `${from} → ${to} is not allowed`,
    isTerminal(from) && `an execution that was ${from} was written to`,
    epoch !== oldEpoch + (placed ? 1 : 0) && `${from} → ${to} took the epoch from ${oldEpoch} to ${epoch}`,
  ].filter((problem) => problem !== false);
}

function nameOf({ execution, epoch }: Attempt): string {
  return `${execution}/${epoch}`;
}
