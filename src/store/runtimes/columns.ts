import { ownAliases } from '../../contract/runtime-aliases.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { Queries } from '../connect.ts';

/** Definitions as rows `new (name, ref, aliases, definition, detection_config)` of a FROM; `name` is the canonical one. */
export function definitionRows(sql: Queries, definitions: readonly RuntimeDefinition[]) {
  return sql`(
    SELECT name, ref, ARRAY(SELECT json_array_elements_text(aliases::json)) AS aliases,
      definition::json AS definition, detection_config::json AS detection_config
    FROM unnest(
      ${definitions.map(({ name }) => canonicalRuntime(name))}::text[],
      ${definitions.map(({ ref }) => ref)}::text[],
      ${definitions.map((definition) => JSON.stringify(ownAliases(definition)))}::text[],
      ${definitions.map((definition) => JSON.stringify(definition))}::text[],
      ${definitions.map(({ distributions }) => JSON.stringify(distributions.verification ?? {}))}::text[]
    ) AS text (name, ref, aliases, definition, detection_config)
  ) AS new`;
}
