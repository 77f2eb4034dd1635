import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { OfferedRuntime } from '../../contract/worker.ts';
import type { Sql } from '../connect.ts';
import { definitionRows } from './columns.ts';

/**
 * Takes note of the runtimes that a worker has: one that is known under its name or an alias stays as it is, any other is
 * registered with the worker's definition, as `auto_detected`. Many workers may do so at once.
 */
export async function offerRuntimes(sql: Sql, offered: readonly OfferedRuntime[]): Promise<void> {
  await sql`
    INSERT INTO runtime (name, ref, aliases, definition, detection_config, auto_detected)
    SELECT new.*, true FROM ${definitionRows(sql, offered.map(underOfferedName))}
    WHERE NOT EXISTS (SELECT FROM runtime AS known WHERE known.name = new.name OR new.name = ANY (known.aliases))
    ON CONFLICT (name) DO NOTHING
    RETURNING pg_notify('attune_catalog', '')`;
  const versions = offered.flatMap(({ name, detected }) =>
    detected.flatMap(({ version }) =>
      version === undefined ? [] : [{ name: canonicalRuntime(name), version }],
    ),
  );
  await sql`
    INSERT INTO runtime_version (runtime, version)
    SELECT DISTINCT runtime.id, seen.version
    FROM unnest(${versions.map(({ name }) => name)}::text[], ${versions.map(({ version }) => version)}::text[])
      AS seen (name, version)
    JOIN runtime ON runtime.name = seen.name OR seen.name = ANY (runtime.aliases)
    ON CONFLICT DO NOTHING`;
}

function underOfferedName({ name, template }: OfferedRuntime) {
  return { ...template, name };
}
