import { aliasesIn, type NamedRuntime, type RuntimeAliases } from '../../contract/runtime-aliases.ts';
import type { Sql } from '../connect.ts';

/** The spellings that stored runtimes bring, of packs and of workers alike. */
export async function runtimeAliases(sql: Sql): Promise<RuntimeAliases> {
  return aliasesIn(await sql<NamedRuntime[]>`SELECT name, to_json(aliases) AS aliases FROM runtime`);
}
