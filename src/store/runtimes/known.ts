import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { KnownRuntime } from '../../contract/worker.ts';
import type { Sql } from '../connect.ts';

/** All runtimes, by name, for agents that look which of them they have. */
export async function knownRuntimes(sql: Sql): Promise<KnownRuntime[]> {
  const rows = await sql<{ name: string; definition: RuntimeDefinition; autoDetected: boolean }[]>`
    SELECT name, definition, auto_detected AS "autoDetected" FROM runtime ORDER BY name`;
  return rows.map(({ name, definition, autoDetected }) => ({
    definition: { ...definition, name },
    autoDetected,
  }));
}
