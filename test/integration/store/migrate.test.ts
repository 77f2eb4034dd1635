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

  test('has its steps in order, without gaps', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
  });
});
