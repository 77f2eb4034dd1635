import type { RuntimeView } from '../../contract/api/runtime.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { Sql } from '../connect.ts';
import { textAfter, toPage, type Page, type Paged } from '../pages.ts';

type Facts = Pick<RuntimeView, 'pack' | 'auto_detected' | 'detected_versions' | 'created' | 'updated'>;

interface StoredRuntime extends Facts {
  readonly name: string;
  readonly definition: RuntimeDefinition;
}

/** The runtime of that name, alias or ref (`python3`, `core.python`) as the API shows it, or `undefined`. */
export async function findRuntime(sql: Sql, name: string): Promise<RuntimeView | undefined> {
  const canonical = canonicalRuntime(name);
  const [row] = await sql<StoredRuntime[]>`
    ${selectRuntimes(sql)} WHERE runtime.name = ${canonical} OR ${canonical} = ANY (runtime.aliases)
    ORDER BY runtime.name <> ${canonical} LIMIT 1`;
  return row && toView(row);
}

/** Runtimes, by name. */
export async function listRuntimes(sql: Sql, page: Page): Promise<Paged<RuntimeView>> {
  const rows = await sql<StoredRuntime[]>`
    ${selectRuntimes(sql)} WHERE runtime.name > ${textAfter(page) ?? ''}
    ORDER BY runtime.name LIMIT ${page.limit + 1}`;
  return toPage(rows.map(toView), page, ({ name }) => name);
}

function selectRuntimes(sql: Sql) {
  return sql`
    SELECT runtime.name, runtime.definition, pack.ref AS pack, runtime.auto_detected, runtime.created, runtime.updated,
      to_json(ARRAY(SELECT version FROM runtime_version WHERE runtime = runtime.id ORDER BY version)) AS detected_versions
    FROM runtime LEFT JOIN pack ON pack.id = runtime.pack`;
}

function toView({ definition, ...facts }: StoredRuntime): RuntimeView {
  return { ...definition, ...facts };
}
