import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { databaseError, openDatabase } from '../../../src/store/connect.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';

describe.skipIf(!requires('postgres'))('connections', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await storeDatabase();
  });
  afterAll(() => database.drop());

  /** What `SELECT 1` fails with under a changed URL. */
  async function failureOf(change: (url: URL) => void) {
    const url = new URL(database.url);
    change(url);
    const sql = openDatabase(url.href, { name: 'attune-test', connections: 1 });
    try {
      return databaseError(
        await sql`SELECT 1`.then(
          () => new Error('it did not fail'),
          (error: unknown) => error,
        ),
      );
    } finally {
      await sql.end({ timeout: 0 });
    }
  }

  test('a wrong password fails at once, and is not told to anybody', async () => {
    const error = await failureOf((url) => {
      url.password = 'not-the-password';
    });
    expect(error).toMatchObject({ code: 'wrong_credentials', retryable: false });
    expect(error.message).not.toContain('not-the-password');
  });

  test('an unknown database is named', async () => {
    const error = await failureOf((url) => {
      url.pathname = 'no_such_database';
    });
    expect(error).toMatchObject({ code: 'unknown_database', retryable: false });
    expect(error.message).toContain('no_such_database');
  });

  test('a server that is down may come back', async () => {
    const port = await closedPort();
    const error = await failureOf((url) => {
      url.port = String(port);
    });
    expect(error).toMatchObject({ code: 'database_unreachable', retryable: true });
    expect(error.message).toContain(String(port));
  });

  test('an unknown host may come back', async () => {
    const error = await failureOf((url) => {
      url.hostname = 'no-such-host.invalid';
    });
    expect(error).toMatchObject({ code: 'database_unreachable', retryable: true });
  });

  test('a connection that is cut fails what it carried, and is made anew', async () => {
    const sql = openDatabase(database.url, { name: 'attune-test', connections: 1 });
    try {
      const failure = sql`SELECT pg_terminate_backend(pg_backend_pid())`.catch((error: unknown) =>
        databaseError(error),
      );
      expect(await failure).toMatchObject({ code: 'database_unreachable', retryable: true });
      await vi.waitFor(async () => expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]));
    } finally {
      await sql.end();
    }
  });

  test('a mistake in a statement is not worth trying again', async () => {
    const failure = database.sql`SELECT * FROM nowhere`.catch((error: unknown) => databaseError(error));
    expect(await failure).toMatchObject({ code: 'database_error', retryable: false });
  });

  test('numbers and times come in the forms of the contract', async () => {
    const [row] =
      await database.sql`SELECT 5::bigint AS id, '2026-01-02 03:04:05.678901+02'::timestamptz AS time`;
    expect(row).toEqual({ id: 5, time: '2026-01-02T01:04:05.678Z' });
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 1;
}
