import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Sql } from '../../../src/store/connect.ts';
import { checkSchema, migrate } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations/index.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';

describe.skipIf(!requires('postgres'))('schema', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let sql: Sql;

  beforeAll(async () => {
    database = await freshDatabase();
    sql = openDatabase(database.url, { name: 'attune-test', connections: 4 });
  });

  afterAll(async () => {
    await sql.end();
    await database.drop();
  });

  test('is made once by many servers at once; before, agents are told to wait; a newer one is refused', async () => {
    await expect(checkSchema(sql)).rejects.toMatchObject({ code: 'schema_missing', retryable: true });

    await Promise.all([migrate(sql), migrate(sql), migrate(sql)]);
    await expect(checkSchema(sql)).resolves.toBeUndefined();
    const applied = await sql`SELECT number FROM migration ORDER BY number`;
    expect(applied.map(({ number }) => Number(number))).toEqual(migrations.map(({ number }) => number));

    await migrate(sql);
    expect(await sql`SELECT number FROM migration`).toHaveLength(migrations.length);

    await sql`INSERT INTO migration (number, name) VALUES (${migrations.length + 1}, 'of the future')`;
    await expect(migrate(sql)).rejects.toMatchObject({ code: 'schema_too_new', retryable: false });
    await expect(checkSchema(sql)).rejects.toMatchObject({ code: 'schema_too_new', retryable: false });
  });

  test('packs of before there were revisions have one each, and what was requested names none', async () => {
    const older = await freshDatabase();
    const old = openDatabase(older.url, { name: 'attune-test', connections: 1 });
    try {
      for (const { sql: text } of migrations.slice(0, 5)) await old.unsafe(text);
      await old`CREATE TABLE migration (number integer PRIMARY KEY, name text NOT NULL, applied timestamptz DEFAULT now())`;
      await old`INSERT INTO migration (number, name) VALUES (5, 'attempts')`;
      await old`INSERT INTO pack (ref, definition, digest) VALUES ('a', '{"ref":"a"}', 'd1')`;
      await old`INSERT INTO action (ref, pack, runtime, definition) SELECT 'a.x', id, 'shell', '{"ref":"a.x"}' FROM pack`;
      await old`
        INSERT INTO execution (action, parameters, requirement, timeout) VALUES ('a.x', '{}', '{}', 1)`;
      await migrate(old);
      expect(await old`SELECT digest, ref, archive_size, retired FROM pack_revision`).toEqual([
        { digest: 'd1', ref: 'a', archive_size: null, retired: null },
      ]);
      expect(await old`SELECT digest, action, definition, runtime FROM action_revision`).toEqual([
        { digest: 'd1', action: 'a.x', definition: { ref: 'a.x' }, runtime: null },
      ]);
      expect(await old`SELECT pack_digest FROM execution`).toEqual([{ pack_digest: null }]);
    } finally {
      await old.end();
      await older.drop();
    }
  });

  test('has its steps in order, without gaps', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
  });
});
