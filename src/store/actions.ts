import type { ActionView } from '../contract/api/action.ts';
import type { ActionDefinition } from '../contract/action.ts';
import { canonicalRuntime } from '../contract/runtime-names.ts';
import type { Queries, Sql } from './connect.ts';
import { textAfter, toPage, type Page, type Paged } from './pages.ts';

interface StoredAction extends Pick<ActionView, 'pack' | 'pack_digest' | 'runtime' | 'created' | 'updated'> {
  readonly definition: ActionDefinition;
}

/** One action as the API shows it, or `undefined`. */
export async function findAction(sql: Sql, ref: string): Promise<ActionView | undefined> {
  const [row] = await sql<StoredAction[]>`${selectActions(sql)} WHERE action.ref = ${ref}`;
  return row && toView(row);
}

/** Actions, by ref, of one pack or of all. */
export async function listActions(
  sql: Sql,
  page: Page,
  { pack }: { readonly pack?: string | undefined } = {},
): Promise<Paged<ActionView>> {
  const rows = await sql<StoredAction[]>`
    ${selectActions(sql)} WHERE action.ref > ${textAfter(page) ?? ''}
    ${pack === undefined ? sql`` : sql`AND pack.ref = ${pack}`}
    ORDER BY action.ref LIMIT ${page.limit + 1}`;
  return toPage(rows.map(toView), page, ({ ref }) => ref);
}

/** Makes these the actions of the pack; part of `savePack`. */
export async function replaceActions(
  sql: Queries,
  pack: number,
  actions: readonly ActionDefinition[],
): Promise<void> {
  const refs = actions.map(({ ref }) => ref);
  await sql`DELETE FROM action WHERE pack = ${pack} AND ref <> ALL (${refs}::text[])`;
  await sql`
    INSERT INTO action (ref, pack, runtime, definition)
    SELECT ref, ${pack}, runtime, definition::json
    FROM unnest(
      ${refs}::text[],
      ${actions.map(({ runner_type }) => canonicalRuntime(runner_type))}::text[],
      ${actions.map((action) => JSON.stringify(action))}::text[]
    ) AS new (ref, runtime, definition)
    ON CONFLICT (ref) DO UPDATE
    SET pack = excluded.pack, runtime = excluded.runtime, definition = excluded.definition, updated = now()`;
}

function selectActions(sql: Sql) {
  return sql`
    SELECT action.definition, pack.ref AS pack, pack.digest AS pack_digest, action.runtime, action.created, action.updated
    FROM action JOIN pack ON pack.id = action.pack`;
}

function toView({ definition, ...facts }: StoredAction): ActionView {
  return { ...definition, ...facts };
}
