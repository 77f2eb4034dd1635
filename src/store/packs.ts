import type { PackView } from '../contract/api/pack.ts';
import type { ActionDefinition } from '../contract/action.ts';
import type { PackDefinition } from '../contract/pack.ts';
import type { RuntimeDefinition } from '../contract/runtime.ts';
import { replaceActions } from './actions.ts';
import { json, type Sql } from './connect.ts';
import { textAfter, toPage, type Page, type Paged } from './pages.ts';
import { replaceRuntimes } from './runtimes.ts';

/** A pack as its folder was read. `digest` changes when any of its files changes. */
export interface NewPack {
  readonly definition: PackDefinition;
  readonly digest: string;
  readonly actions: readonly ActionDefinition[];
  readonly runtimes: readonly RuntimeDefinition[];
}

interface StoredPack extends Pick<PackView, 'digest' | 'created' | 'updated'> {
  readonly definition: PackDefinition;
}

/**
 * Stores a pack in the place of what it was before, its actions and runtimes included, all or nothing.
 * @throws AttuneError `duplicate_runtime` where another pack defines a runtime of the same name
 */
export async function savePack(sql: Sql, { definition, digest, actions, runtimes }: NewPack): Promise<void> {
  await sql.begin(async (transaction) => {
    const [row] = await transaction<{ pack: number }[]>`
      INSERT INTO pack (ref, definition, digest) VALUES (${definition.ref}, ${json(sql, definition)}, ${digest})
      ON CONFLICT (ref) DO UPDATE SET definition = excluded.definition, digest = excluded.digest, updated = now()
      RETURNING id AS pack, pg_notify('attune_catalog', '')`;
    if (row === undefined) throw new Error('INSERT answered no row');
    await replaceActions(transaction, row.pack, actions);
    await replaceRuntimes(transaction, row.pack, runtimes);
  });
}

/** One pack as the API shows it, or `undefined`. */
export async function findPack(sql: Sql, ref: string): Promise<PackView | undefined> {
  const [row] = await sql<StoredPack[]>`${selectPacks(sql)} WHERE ref = ${ref}`;
  return row && toView(row);
}

/** Packs, by ref. */
export async function listPacks(sql: Sql, page: Page): Promise<Paged<PackView>> {
  const rows = await sql<StoredPack[]>`
    ${selectPacks(sql)} WHERE ref > ${textAfter(page) ?? ''} ORDER BY ref LIMIT ${page.limit + 1}`;
  return toPage(rows.map(toView), page, ({ ref }) => ref);
}

function selectPacks(sql: Sql) {
  return sql`SELECT definition, digest, created, updated FROM pack`;
}

function toView({ definition, ...facts }: StoredPack): PackView {
  return { ...definition, ...facts };
}
