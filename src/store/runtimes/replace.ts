import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Queries } from '../connect.ts';
import { definitionRows } from './columns.ts';
import { lockRuntimes } from './lock.ts';

/**
 * Makes these the runtimes of the pack; part of `savePack`. A definition that only workers brought gives way to the pack's.
 * @throws AttuneError `duplicate_runtime` where another pack defines a runtime of the same name
 */
export async function replaceRuntimes(
  sql: Queries,
  pack: number,
  runtimes: readonly RuntimeDefinition[],
): Promise<void> {
  const names = runtimes.map(({ name }) => canonicalRuntime(name));
  refuseDoubles(names);
  await lockRuntimes(sql);
  await refuseNamesOfOthers(sql, pack, names);
  await sql`DELETE FROM runtime WHERE pack = ${pack} AND name <> ALL (${names}::text[])`;
  await sql`
    INSERT INTO runtime (name, ref, aliases, definition, detection_config, pack)
    SELECT new.*, ${pack}::bigint FROM ${definitionRows(sql, runtimes)}
    ON CONFLICT (name) DO UPDATE
    SET ref = excluded.ref, aliases = excluded.aliases, definition = excluded.definition,
      detection_config = excluded.detection_config, pack = excluded.pack, auto_detected = false, updated = now()`;
  await absorbAliases(sql, pack);
}

/** What workers brought under a name that is an alias by now is the pack's runtime, and its versions are. */
async function absorbAliases(sql: Queries, pack: number): Promise<void> {
  await sql`
    INSERT INTO runtime_version (runtime, version)
    SELECT DISTINCT runtime.id, seen.version
    FROM runtime JOIN runtime AS brought ON brought.auto_detected AND brought.name = ANY (runtime.aliases)
      JOIN runtime_version AS seen ON seen.runtime = brought.id
    WHERE runtime.pack = ${pack}
    ON CONFLICT DO NOTHING`;
  await sql`
    DELETE FROM runtime AS brought USING runtime
    WHERE runtime.pack = ${pack} AND brought.auto_detected AND brought.name = ANY (runtime.aliases)`;
}

async function refuseNamesOfOthers(sql: Queries, pack: number, names: readonly string[]): Promise<void> {
  const taken = await sql<{ name: string; owner: string }[]>`
    SELECT runtime.name, pack.ref AS owner FROM runtime JOIN pack ON pack.id = runtime.pack
    WHERE runtime.name = ANY (${[...names]}::text[]) AND pack.id <> ${pack}
    ORDER BY runtime.name`;
  if (taken.length === 0) return;
  throw duplicates(
    taken.map(({ name, owner }) => [
      name,
      `is defined by pack "${owner}" already: give it another name, or remove it from one of the packs`,
    ]),
  );
}

function refuseDoubles(names: readonly string[]): void {
  const doubles = new Set(names.filter((name, index) => names.indexOf(name) < index));
  if (doubles.size === 0) return;
  throw duplicates(
    [...doubles].map((name) => [name, 'is defined twice in this pack: names are the same by alias']),
  );
}

function duplicates(problems: readonly (readonly [name: string, message: string])[]): AttuneError {
  const violations = problems.map(([name, message]) => ({ path: `runtimes.${name}`, message }));
  return new AttuneError('duplicate_runtime', 'Each runtime can be defined only once', { violations });
}
