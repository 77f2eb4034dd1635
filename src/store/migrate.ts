import { AttuneError } from '../shared/errors.ts';
import type { Queries, Sql } from './connect.ts';
import { migrations, type Migration } from './migrations/index.ts';

/** Any number that nothing else in the database locks: the first bytes of "attune". */
const migrationLock = 0x61_74_74_75;
const undefinedTable = '42P01';

/**
 * Brings the schema to the newest version that this program knows, in one transaction: all of it or nothing. Servers that
 * start together wait for each other.
 * @throws AttuneError `schema_too_new` where a newer program was here
 */
export async function migrate(sql: Sql): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${migrationLock})`;
    await transaction`
      CREATE TABLE IF NOT EXISTS migration (
        number   integer PRIMARY KEY,
        name     text NOT NULL,
        applied  timestamptz NOT NULL DEFAULT now()
      )`;
    const version = await schemaVersion(transaction);
    refuseNewer(version);
    for (const migration of migrations) if (migration.number > version) await apply(transaction, migration);
  });
}

/**
 * Makes sure that the schema is the one that this program knows, and changes nothing.
 * @throws AttuneError `schema_missing` (retryable: a server may be about to make it) or `schema_too_new`
 */
export async function checkSchema(sql: Queries): Promise<void> {
  const version = await schemaVersion(sql).catch(zeroWithoutTable);
  refuseNewer(version);
  if (version < newestVersion()) {
    throw new AttuneError(
      'schema_missing',
      `The database has schema ${version}, this program needs ${newestVersion()}: start an Attune server of this version, it brings the schema up`,
      { retryable: true },
    );
  }
}

async function schemaVersion(sql: Queries): Promise<number> {
  const [row] = await sql<{ version: number }[]>`SELECT coalesce(max(number), 0) AS version FROM migration`;
  return row?.version ?? 0;
}

async function apply(sql: Queries, { number, name, sql: text }: Migration): Promise<void> {
  await sql.unsafe(text);
  await sql`INSERT INTO migration (number, name) VALUES (${number}, ${name})`;
}

function refuseNewer(version: number): void {
  if (version <= newestVersion()) return;
  throw new AttuneError(
    'schema_too_new',
    `The database has schema ${version}, this program knows ${newestVersion()} at most: run a newer version of Attune`,
  );
}

function newestVersion(): number {
  return migrations.at(-1)?.number ?? 0;
}

function zeroWithoutTable(error: unknown): number {
  if (error instanceof Error && 'code' in error && error.code === undefinedTable) return 0;
  throw error;
}
