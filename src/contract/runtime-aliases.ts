import { canonicalRuntime, isBuiltInRuntime } from './runtime-names.ts';
import type { RuntimeDefinition } from './runtime.ts';

/** Spellings that definitions bring, beside those that everybody knows: as `canonicalRuntime` writes them, with the name that each means. */
export type RuntimeAliases = ReadonlyMap<string, string>;

/** A runtime by its name and its other names. */
export type NamedRuntime = Pick<RuntimeDefinition, 'name' | 'aliases'>;

/**
 * The aliases of definitions. A name of Attune's own, and the name of another definition, mean themselves, whatever a definition calls
 * its alias; of several that call one spelling theirs, the first by name has it.
 */
export function aliasesIn(definitions: readonly NamedRuntime[]): RuntimeAliases {
  const names = new Set(definitions.map(({ name }) => canonicalRuntime(name)));
  const claims = definitions.flatMap((definition) =>
    ownAliases(definition).map((alias) => [alias, canonicalRuntime(definition.name)] as const),
  );
  return new Map(
    claims.filter(([alias]) => !names.has(alias)).toSorted(([, one], [, other]) => (one < other ? 1 : -1)),
  );
}

/** The spellings of a definition that are not taken by Attune itself. */
export function ownAliases({ name, aliases }: NamedRuntime): string[] {
  const own = canonicalRuntime(name);
  return [...new Set(aliases.map(canonicalRuntime))].filter(
    (alias) => alias !== own && !isBuiltInRuntime(alias),
  );
}

/** The one name of a runtime, whatever the spelling: Attune's own, one that a definition brings, or itself in lower case. */
export function resolveRuntime(name: string, aliases: RuntimeAliases): string {
  const canonical = canonicalRuntime(name);
  return aliases.get(canonical) ?? canonical;
}
