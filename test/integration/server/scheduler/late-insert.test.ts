import { expect, onTestFinished, test } from 'vitest';
import { openRoad } from '../../../../src/broker/open.ts';
import { startScheduler, type NewExecutionRequest } from '../../../../src/server/scheduler/scheduler.ts';
import { createLogger } from '../../../../src/shared/logger.ts';
import { openLane, type Sql } from '../../../../src/store/connect.ts';
import { findExecution } from '../../../../src/store/executions/read.ts';
import { registerWorker, unregisterWorker } from '../../../../src/store/workers.ts';
import { requires } from '../../../support/requires.ts';
import { storeDatabase } from '../../store/support/database.ts';
import { sampleExecution, sampleRegistration } from '../../store/support/samples.ts';

const logger = createLogger('silent');
/** Any number that nothing else locks. */
const gate = 4711;

/** A scheduler that looks at nothing again by itself, over a database in which inserts of executions can be held up. */
async function scene() {
  const database = await storeDatabase();
  onTestFinished(() => database.drop());
  const { sql, url } = database;
  await sql.unsafe(`
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${gate}); RETURN NEW; END $$;
    CREATE TRIGGER hold BEFORE INSERT ON execution FOR EACH STATEMENT EXECUTE FUNCTION hold()`);
  const inserts = openLane(url, 'attune-test inserts');
  const road = await openRoad({ amqpUrl: undefined, sql, logger });
  const config = { workerLostAfter: 3600, sweepInterval: 3600 };
  const scheduler = await startScheduler({ sql, inserts, road, logger, config });
  onTestFinished(async () => {
    await scheduler.stop();
    await road.close();
    await inserts.end({ timeout: 1 });
  });
  const stateOf = async (execution: number) => (await findExecution(sql, execution))?.state;
  return { sql, scheduler, stateOf };
}

/** Holds up inserts until the answer is called. */
async function holdInserts(sql: Sql): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding = sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${gate})`;
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return async () => {
    released.resolve();
    await holding;
  };
}

async function untilHeldUp(sql: Sql): Promise<void> {
  await expect
    .poll(() => sql`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${gate} AND NOT granted`)
    .toHaveLength(1);
}

const { placement: _, ...request } = sampleExecution({ waitingReason: '' });
const wanted: NewExecutionRequest = request;

test.skipIf(!requires('postgres'))(
  'what is stored as waiting after its worker came, and after all that waited was placed, is placed all the same',
  async () => {
    const { sql, scheduler, stateOf } = await scene();
    const first = await scheduler.submit(wanted);
    const release = await holdInserts(sql);
    const late = scheduler.submit(wanted);
    await untilHeldUp(sql);
    await registerWorker(sql, sampleRegistration());
    await expect.poll(() => stateOf(first.execution)).toBe('scheduled');
    await release();
    const { execution, state } = await late;
    expect(state).toBe('requested');
    await expect.poll(() => stateOf(execution)).toBe('scheduled');
  },
);

test.skipIf(!requires('postgres'))(
  'what is stored in a pool after its last worker went goes to another pool',
  async () => {
    const { sql, scheduler, stateOf } = await scene();
    const marker = await scheduler.submit({
      ...wanted,
      requirement: { runtimes: { sole: '*' }, labels: {} },
    });
    const gone = await registerWorker(sql, sampleRegistration({ pool: 'gone' }));
    await expect
      .poll(async () => (await findExecution(sql, marker.execution))?.waiting_reason)
      .toContain('1 worker');
    const release = await holdInserts(sql);
    const late = scheduler.submit(wanted);
    await untilHeldUp(sql);
    await unregisterWorker(sql, gone.worker);
    const { capabilities } = sampleRegistration();
    const runtimes = [...capabilities.runtimes, { name: 'sole' }];
    await registerWorker(
      sql,
      sampleRegistration({ pool: 'other', capabilities: { ...capabilities, runtimes } }),
    );
    await expect.poll(() => stateOf(marker.execution)).toBe('scheduled');
    await release();
    const { execution, pool } = await late;
    expect(pool).toBe('gone');
    await expect.poll(async () => (await findExecution(sql, execution))?.pool).toBe('other');
  },
);
