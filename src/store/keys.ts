import type { KeyView } from '../contract/api/key.ts';
import type { Sql } from './connect.ts';
import { textAfter, toPage, type Page, type Paged } from './pages.ts';

/** Stores a key, or replaces its value. `sealed` is what a secret box has made of it. */
export async function saveKey(sql: Sql, name: string, sealed: string): Promise<KeyView> {
  const [row] = await sql<KeyView[]>`
    INSERT INTO key (name, sealed) VALUES (${name}, ${sealed})
    ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated = now()
    RETURNING name, created, updated`;
  if (row === undefined) throw new Error('INSERT answered no row');
  return row;
}

/** One key without its value, or `undefined`. */
export async function findKey(sql: Sql, name: string): Promise<KeyView | undefined> {
  const [row] = await sql<KeyView[]>`SELECT name, created, updated FROM key WHERE name = ${name}`;
  return row;
}

/** Keys without their values, by name. */
export async function listKeys(sql: Sql, page: Page): Promise<Paged<KeyView>> {
  const rows = await sql<KeyView[]>`
    SELECT name, created, updated FROM key
    WHERE name > ${textAfter(page) ?? ''} ORDER BY name LIMIT ${page.limit + 1}`;
  return toPage(rows, page, ({ name }) => name);
}

/** Removes a key. @returns what it was, or `undefined` where there was none */
export async function deleteKey(sql: Sql, name: string): Promise<KeyView | undefined> {
  const [row] = await sql<KeyView[]>`DELETE FROM key WHERE name = ${name} RETURNING name, created, updated`;
  return row;
}
