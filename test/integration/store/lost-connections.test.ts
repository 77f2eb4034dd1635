import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase, type Sql } from '../../../src/store/connect.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { startProxy } from '../../support/proxy.ts';
import { requires } from '../../support/requires.ts';

const cuts = 150;
/** Milliseconds; longer than it takes to give up a connection. */
const patience = 25_000;
const timeout = 120_000;

/** What became of a question: rows, an error that has its place here, or nothing for ever. */
type Fate<Row> = { readonly rows: readonly Row[] } | 'failed' | 'forgotten';

describe.skipIf(!requires('postgres'))('connections that are cut again and again', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  /** Runs `work` again and again, by six clients at once, over a pool whose connections are cut at any moment. */
  async function underCuts(
    connections: number,
    work: (sql: Sql, name: string) => Promise<void>,
  ): Promise<Sql> {
    const proxy = await startProxy(database.url);
    const sql = openDatabase(proxy.url, { name: 'attune-test', connections });
    onTestFinished(async () => {
      await sql.end({ timeout: 0 });
      await proxy.close();
    });
    const end = new AbortController();
    const clients = ['a', 'b', 'c', 'd', 'e', 'f'].map(async (client) => {
      for (let count = 0; !end.signal.aborted; count += 1) await work(sql, `${client}${count}`);
    });
    for (let cut = 0; cut < cuts; cut += 1) {
      await delay(Math.random() * 20);
      proxy.cut();
    }
    end.abort();
    await Promise.all(clients);
    return sql;
  }

  test.each([1, 3])(
    'a pool of %i answers every question with its own answer or an error',
    { timeout },
    async (size) => {
      const sql = await underCuts(size, async (pool, name) => {
        const fate = await fateOf(pool<{ name: string }[]>`SELECT ${name}::text AS name`);
        expect(['failed', { rows: [{ name }] }]).toContainEqual(fate);
      });
      await vi.waitFor(async () =>
        expect(await fateOf(sql`SELECT 1 AS one`)).toEqual({ rows: [{ one: 1 }] }),
      );
    },
  );

  test(
    'what a transaction does behind the end of its connection is no part of another',
    { timeout },
    async () => {
      const direct = openDatabase(database.url, { name: 'attune-test', connections: 1 });
      onTestFinished(() => direct.end({ timeout: 0 }));
      await direct`CREATE TABLE pair (name text, half integer)`;
      await underCuts(2, async (pool, name) => {
        const both = pool.begin(async (transaction) => {
          await transaction`INSERT INTO pair VALUES (${name}, 1)`;
          await transaction`INSERT INTO pair VALUES (${name}, 2)`;
          return [];
        });
        expect(await fateOf(both)).not.toBe('forgotten');
      });
      expect([...(await direct`SELECT name FROM pair GROUP BY name HAVING count(*) <> 2`)]).toEqual([]);
    },
  );
});

async function fateOf<Row>(question: PromiseLike<readonly Row[]>): Promise<Fate<Row>> {
  const late = Promise.withResolvers<'forgotten'>();
  const timer = setTimeout(() => late.resolve('forgotten'), patience);
  const answered = async (): Promise<Fate<Row>> => ({ rows: [...(await question)] });
  const fate = await Promise.race([answered().catch(() => 'failed' as const), late.promise]);
  clearTimeout(timer);
  return fate;
}
