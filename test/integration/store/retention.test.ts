import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExecutionState } from '../../../src/contract/execution-state.ts';
import type { Sql } from '../../../src/store/connect.ts';
import { lastBeyond, removeExecutions, removeLogs, type Removed } from '../../../src/store/retention.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';

const day = 86_400;

describe.skipIf(!requires('postgres'))('retention', () => {
  let database: StoreDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  /** Nothing but these executions, the first the oldest, each with a log of two chunks. */
  async function history(
    ...executions: readonly (readonly [ExecutionState, days: number])[]
  ): Promise<number[]> {
    await sql`TRUNCATE execution, execution_log RESTART IDENTITY`;
    const ids: number[] = [];
    for (const [state, days] of executions) {
      const ended = !['requested', 'scheduled', 'running', 'canceling'].includes(state);
      const age = sql`now() - make_interval(days => ${days})`;
      const [row] = await sql<{ id: number }[]>`
        INSERT INTO execution (action, state, parameters, requirement, timeout, requested, finished)
        VALUES ('sample.echo', ${state}, '{}', '{}', 1, ${age}, ${ended ? age : null}) RETURNING id`;
      if (row === undefined) throw new Error('nothing was inserted');
      ids.push(row.id);
    }
    await sql`
      INSERT INTO execution_log (execution, epoch, stream, byte_offset, bytes)
      SELECT id, 1, 'stdout', n, 'hello' FROM execution, generate_series(0, 1) AS n`;
    return ids;
  }

  const kept = async () =>
    (await sql<{ id: number }[]>`SELECT id FROM execution ORDER BY id`).map(({ id }) => id);
  const logged = async () =>
    (await sql<{ id: number }[]>`SELECT DISTINCT execution AS id FROM execution_log ORDER BY id`).map(
      ({ id }) => id,
    );

  test.each([1, 2, 100])(
    'what ended long ago goes with its log, in steps of %i; what waits stays',
    async (limit) => {
      const ids = await history(
        ['completed', 100],
        ['requested', 99],
        ['running', 98],
        ['failed', 97],
        ['abandoned', 96],
        ['completed', 5],
        ['running', 4],
      );
      const removed = await walk((after) =>
        removeExecutions(sql, { after, limit, olderThanSeconds: 90 * day, upTo: 0 }),
      );
      expect(removed).toBe(3);
      expect(await kept()).toEqual([ids[1], ids[2], ids[5], ids[6]]);
      expect(await logged()).toEqual(await kept());
    },
  );

  test('one that was asked for long ago and ended today stays', async () => {
    const ids = await history(['completed', 100]);
    await sql`UPDATE execution SET finished = now()`;
    await walk((after) => removeExecutions(sql, { after, limit: 10, olderThanSeconds: 90 * day, upTo: 0 }));
    expect(await kept()).toEqual(ids);
  });

  test('the walk does not go on where everything is young', async () => {
    await history(['completed', 3], ['completed', 2], ['completed', 1]);
    const page = await removeExecutions(sql, { after: 0, limit: 1, olderThanSeconds: 90 * day, upTo: 0 });
    expect(page).toEqual({ executions: 0, last: undefined });
  });

  test('beyond a number the oldest that have ended go, whatever their age', async () => {
    const ids = await history(
      ['completed', 3],
      ['requested', 2],
      ['completed', 1],
      ['failed', 0],
      ['completed', 0],
    );
    const upTo = await lastBeyond(sql, 2);
    expect(upTo).toBe(ids[2]);
    await walk((after) => removeExecutions(sql, { after, limit: 2, olderThanSeconds: undefined, upTo }));
    expect(await kept()).toEqual([ids[1], ids[3], ids[4]]);
    expect(await lastBeyond(sql, 100)).toBe(0);
  });

  test.each([1, 100])(
    'logs go before their executions, and those that nothing belongs to, in steps of %i',
    async (limit) => {
      const ids = await history(['completed', 40], ['running', 39], ['failed', 38], ['completed', 2]);
      await sql`DELETE FROM execution WHERE id = ${ids[2] ?? 0}`;
      await walk((after) => removeLogs(sql, { after, limit, olderThanSeconds: 30 * day }));
      expect(await logged()).toEqual([ids[1], ids[3]]);
      expect(await kept()).toEqual([ids[0], ids[1], ids[3]]);
    },
  );

  test('many servers that do so at once remove everything once', async () => {
    await history(...Array.from({ length: 60 }, () => ['completed', 100] as const));
    const walks = Array.from({ length: 4 }, () =>
      walk((after) => removeExecutions(sql, { after, limit: 7, olderThanSeconds: 90 * day, upTo: 0 })),
    );
    const removed = await Promise.all(walks);
    expect(removed.reduce((sum, one) => sum + one, 0)).toBe(60);
    expect(await kept()).toEqual([]);
  });
});

/** Walks to the end in steps of `limit`. */
async function walk(remove: (after: number) => Promise<Removed>): Promise<number> {
  let removed = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Removed = await remove(after);
    removed += page.executions;
    after = page.last;
  }
  return removed;
}
