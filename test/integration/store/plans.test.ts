import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { cancelExecution } from '../../../src/store/executions/cancel.ts';
import { claimExecutions, claimNext } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { insertExecutions } from '../../../src/store/executions/insert.ts';
import { withLogEnds } from '../../../src/store/executions/log-ends.ts';
import { appendLogs, readLog } from '../../../src/store/executions/logs.ts';
import { findExecution, listExecutions } from '../../../src/store/executions/read.ts';
import * as schedule from '../../../src/store/executions/schedule.ts';
import { removeExecutions, removeLogs } from '../../../src/store/retention.ts';
import * as workers from '../../../src/store/workers.ts';
import type { Sql } from '../../../src/store/connect.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleOutcome } from './support/samples.ts';

const age = { olderThanSeconds: 60, limit: 100 };
const notice = { execution: 5, epoch: 1, worker: 1 };

/** Each statement that is run for every execution, every heartbeat or every tick, and the indexes that it must live from. */
const hot: Record<string, readonly [(sql: Sql, worker: number) => Promise<unknown>, ...string[]]> = {
  claimExecutions: [
    (sql, worker) => claimExecutions(sql, worker, [notice]),
    'execution_pkey',
    'action_revision_pkey',
  ],
  claimNext: [
    (sql, worker) => claimNext(sql, { worker, pool: 'p', count: 4 }),
    'execution_scheduled',
    'execution_pkey',
    'action_revision_pkey',
  ],
  finishExecution: [
    (sql) => finishExecution(sql, notice, sampleOutcome(), [chunk(0, 0, 'x')]),
    'execution_pkey',
  ],
  appendLogs: [(sql) => appendLogs(sql, notice, [chunk(0, 0, 'x')]), 'execution_pkey'],
  readLog: [
    (sql) => readLog(sql, { execution: 5, stream: 'stdout', offset: 0, limit: 1 }),
    'execution_log_pkey',
  ],
  findExecution: [(sql) => findExecution(sql, 5), 'execution_pkey'],
  cancelExecution: [(sql) => cancelExecution(sql, 5), 'execution_pkey'],
  requestedExecutions: [
    (sql) => schedule.requestedExecutions(sql, { after: 0, limit: 9 }),
    'execution_requested',
  ],
  placeExecutions: [(sql) => schedule.placeExecutions(sql, [{ execution: 5, pool: 'p' }]), 'execution_pkey'],
  setWaitingReasons: [
    (sql) => schedule.setWaitingReasons(sql, [{ execution: 5, reason: 'r' }]),
    'execution_pkey',
  ],
  markPublished: [(sql) => schedule.markPublished(sql, [notice]), 'execution_pkey'],
  unpublishedNotices: [(sql) => schedule.unpublishedNotices(sql, age), 'execution_unpublished'],
  stuckNotices: [(sql) => schedule.stuckNotices(sql, 'p', age), 'execution_published'],
  heartbeatWorker: [
    (sql, worker) => workers.heartbeatWorker(sql, worker, [notice], 1),
    'execution_attempt',
    'execution_pkey',
  ],
  'appendLogs of leftovers': [
    (sql) => appendLogs(sql, { ...notice, worker: undefined }, [chunk(0, 0, 'x')]),
    'execution_pkey',
  ],
  withLogEnds: [(sql) => withLogEnds(sql, [notice]), 'execution_log_pkey'],
  returnUnbegun: [(sql) => workers.returnUnbegun(sql, [notice]), 'execution_pkey'],
  retryExecutions: [(sql) => workers.retryExecutions(sql, [notice], 'lost'), 'execution_pkey'],
  removeLogs: [
    (sql) => removeLogs(sql, { after: 0, limit: 9, olderThanSeconds: 60 }),
    'execution_log_pkey',
    'execution_pkey',
  ],
  removeExecutions: [
    (sql) => removeExecutions(sql, { after: 0, limit: 9, olderThanSeconds: 60, upTo: 0 }),
    'execution_pkey',
    'execution_log_pkey',
  ],
  orphanedAttempts: [(sql) => workers.orphanedAttempts(sql, 100), 'execution_attempt'],
};

/** Lists, with the index that they must live from: also for rare values. */
const lists: Record<string, readonly [(sql: Sql) => Promise<unknown>, string]> = {
  newest: [(sql) => listExecutions(sql, { limit: 50 }), 'execution_pkey'],
  'one action': [(sql) => listExecutions(sql, { limit: 50 }, { action: 'rare.one' }), 'execution_by_action'],
  failed: [(sql) => listExecutions(sql, { limit: 50 }, { state: 'failed' }), 'execution_unsuccessful'],
  waiting: [(sql) => listExecutions(sql, { limit: 50 }, { state: 'requested' }), 'execution_requested'],
};

const rows = z.array(z.object({ 'QUERY PLAN': z.unknown() }));

/**
 * What the statistics say: they are often those of another moment. A plan that was made for a new database is kept until the
 * first statistics are taken.
 */
const moments = {
  'a new database': { history: 0, live: 0 },
  'a quiet moment': { history: 30_000, live: 0 },
  'a busy moment': { history: 30_000, live: 3000 },
  'a flooded moment': { history: 30_000, live: 60_000 },
};

describe.skipIf(!requires('postgres')).each(Object.entries(moments))(
  'plans by the statistics of %s',
  (_moment, { history, live }) => {
    let database: StoreDatabase;
    let sql: Sql;
    let worker: number;

    beforeAll(async () => {
      database = await storeDatabase();
      sql = database.sql;
      ({ worker } = await newWorker(sql));
      await sql`
      INSERT INTO execution (action, state, parameters, requirement, timeout, pool, worker, epoch, result, finished, scheduled)
      SELECT 'sample.' || n % 20, CASE n % 1000 WHEN 0 THEN 'failed' ELSE 'completed' END, '{}', '{}', 1, 'p', ${worker}, 1,
        '{}', now(), now()
      FROM generate_series(1, ${history}::integer) AS n`;
      await sql`
      INSERT INTO execution_log (execution, epoch, stream, byte_offset, bytes)
      SELECT n, 1, 'stdout', 0, 'hello' FROM generate_series(1, ${history}::integer) AS n`;
      await sql`
      INSERT INTO execution (action, state, parameters, requirement, timeout, pool, worker, epoch, scheduled, published)
      SELECT 'sample.' || n % 20, (ARRAY['requested', 'scheduled', 'running'])[1 + n % 3], '{}', '{}', 1, 'p', ${worker}, 1, now(),
        CASE n % 2 WHEN 0 THEN now() END
      FROM generate_series(1, ${live}::integer) AS n`;
      if (history > 0) await sql`VACUUM ANALYZE`;
    });
    afterAll(() => database.drop());

    /** Runs it and answers the text of its first statement. */
    async function statementOf(run: (sql: Sql, worker: number) => Promise<unknown>) {
      const statements: string[] = [];
      sql.options.debug = (_, text) => void statements.push(text);
      await run(sql, worker);
      sql.options.debug = false;
      const [first] = statements;
      if (first === undefined) throw new Error('no statement was run');
      return first;
    }

    /** The plan that a connection may end up with after a few runs, whatever the parameters. */
    async function genericPlanOf(text: string): Promise<string> {
      const values = [...new Set(text.match(/\$\d+/g))].map(() => 'NULL').join(', ');
      return sql.begin(async (transaction) => {
        await transaction`SET LOCAL plan_cache_mode = force_generic_plan`;
        await transaction.unsafe(`PREPARE hot AS ${text}`);
        const answer = await transaction.unsafe(
          `EXPLAIN (FORMAT JSON) EXECUTE hot${values === '' ? '' : `(${values})`}`,
        );
        await transaction.unsafe('DEALLOCATE hot');
        return JSON.stringify(rows.parse([...answer]));
      });
    }

    test.each(Object.keys(hot))('%s', async (name) => {
      const [run, ...indexes] = hot[name] ?? [];
      if (run === undefined) throw new Error('no such statement');
      const plan = await genericPlanOf(await statementOf(run));
      expect(plan).not.toMatch(/"Seq Scan"[^}]*"Relation Name":"execution(_log)?"/);
      for (const index of indexes) expect(plan).toContain(`"Index Name":"${index}"`);
      // A lookup, not a walk along the whole index.
      expect(plan).not.toMatch(/"Index Name":"execution_pkey"(?![^}]*"Index Cond")/);
    });

    test.each(Object.keys(lists))('a list: %s', async (name) => {
      const [run, index] = lists[name] ?? [];
      if (run === undefined) throw new Error('no such list');
      expect(await genericPlanOf(await statementOf(run))).toContain(`"Index Name":"${index}"`);
    });

    test('a whole batch is one statement', async () => {
      const statements: string[] = [];
      sql.options.debug = (_, text) => void statements.push(text);
      await insertExecutions(sql, []);
      await claimExecutions(sql, worker, [notice, { execution: 6, epoch: 1 }]);
      sql.options.debug = false;
      expect(statements).toHaveLength(2);
    });
  },
);
