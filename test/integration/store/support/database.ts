import { openDatabase, type Sql } from '../../../../src/store/connect.ts';
import { migrate } from '../../../../src/store/migrate.ts';
import { freshDatabase } from '../../../support/postgres.ts';

export interface StoreDatabase {
  readonly sql: Sql;
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own with the newest schema, and enough connections for races. */
export async function storeDatabase(): Promise<StoreDatabase> {
  const fresh = await freshDatabase();
  const sql = openDatabase(fresh.url, { name: 'attune-test', connections: 8 });
  await migrate(sql);
  return {
    sql,
    url: fresh.url,
    async drop() {
      await sql.end({ timeout: 1 });
      await fresh.drop();
    },
  };
}
