import { ownAliases, type NamedRuntime } from '../../contract/runtime-aliases.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { OfferedRuntime } from '../../contract/worker.ts';
import type { Queries, Sql } from '../connect.ts';
import { definitionRows } from './columns.ts';
import { lockRuntimes } from './lock.ts';

/**
 * Takes note of the runtimes that a worker has: one that is known under its name or an alias stays as it is, any other is
 * registered with the worker's definition, as `auto_detected`. Many workers may do so at once.
 */
export async function offerRuntimes(sql: Sql, offered: readonly OfferedRuntime[]): Promise<void> {
  const known = await readNames(sql);
  const complete = offered.every((one) => one.template === undefined || findName(known, one) !== undefined);
  await noteVersions(sql, offered, complete ? known : await registerUnknown(sql, offered));
}

/** One after the other, because one of them may be an alias of another: this happens once for each runtime. */
async function registerUnknown(sql: Sql, offered: readonly OfferedRuntime[]): Promise<NamedRuntime[]> {
  return sql.begin(async (transaction) => {
    await lockRuntimes(transaction);
    const known = await readNames(transaction);
    for (const one of offered) {
      if (findName(known, one) !== undefined) continue;
      if (one.template === undefined) continue;
      const definition = { ...one.template, name: one.name };
      await register(transaction, definition);
      known.push(definition);
    }
    return known;
  });
}

async function register(sql: Queries, definition: RuntimeDefinition): Promise<void> {
  await sql`
    INSERT INTO runtime (name, ref, aliases, definition, detection_config, auto_detected)
    SELECT new.*, true FROM ${definitionRows(sql, [definition])}
    RETURNING pg_notify('attune_catalog', '')`;
}

async function noteVersions(
  sql: Sql,
  offered: readonly OfferedRuntime[],
  known: readonly NamedRuntime[],
): Promise<void> {
  const seen = offered.flatMap((one) =>
    one.detected.flatMap(({ version }) =>
      version === undefined ? [] : [{ name: findName(known, one) ?? '', version }],
    ),
  );
  await sql`
    INSERT INTO runtime_version (runtime, version)
    SELECT DISTINCT runtime.id, seen.version
    FROM unnest(${seen.map(({ name }) => name)}::text[], ${seen.map(({ version }) => version)}::text[])
      AS seen (name, version)
    JOIN runtime ON runtime.name = seen.name
    ON CONFLICT DO NOTHING`;
}

async function readNames(sql: Queries): Promise<NamedRuntime[]> {
  return [
    ...(await sql<NamedRuntime[]>`SELECT name, to_json(aliases) AS aliases FROM runtime ORDER BY name`),
  ];
}

/** The name under which an offered runtime is known: its own, one that has it as an alias, or one of its aliases. */
function findName(
  known: readonly NamedRuntime[],
  { name, template }: Pick<OfferedRuntime, 'name' | 'template'>,
): string | undefined {
  const wanted = canonicalRuntime(name);
  const aliases = ownAliases({ name, aliases: template?.aliases ?? [] });
  const found =
    known.find((one) => canonicalRuntime(one.name) === wanted) ??
    known.find((one) => ownAliases(one).includes(wanted)) ??
    known.find((one) => aliases.includes(canonicalRuntime(one.name)));
  return found && canonicalRuntime(found.name);
}
