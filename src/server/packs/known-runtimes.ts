import { canonicalRuntime, isBuiltInRuntime } from '../../contract/runtime-names.ts';
import type { Sql } from '../../store/connect.ts';
import { listRuntimes } from '../../store/runtimes.ts';

/** More runtimes than this are not looked at: an unknown one is only warned about. */
const mostRuntimes = 1000;

/** Tells whether a runtime's name, or alias, is Attune's own or stored. */
export async function knownRuntimes(sql: Sql): Promise<(name: string) => boolean> {
  const { items } = await listRuntimes(sql, { limit: mostRuntimes });
  const stored = new Set(items.flatMap(({ name, aliases }) => [name, ...aliases].map(canonicalRuntime)));
  return (name) => isBuiltInRuntime(name) || stored.has(canonicalRuntime(name));
}
