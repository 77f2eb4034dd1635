import type { PackView } from '../../contract/api/pack.ts';
import type { PackDefinition } from '../../contract/pack.ts';
import type { Sql } from '../connect.ts';
import { textAfter, toPage, type Page, type Paged } from '../pages.ts';

interface StoredPack extends Pick<PackView, 'digest' | 'created' | 'updated'> {
  readonly definition: PackDefinition;
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
