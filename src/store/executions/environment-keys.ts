import type { Sql } from '../connect.ts';
import { isRunBy, type Writer } from './writer.ts';

/** A key that a pack asks for: the variable that it goes into, and its sealed value, null where no such key is stored. */
export interface AskedKey {
  readonly variable: string;
  readonly name: string;
  readonly sealed: string | null;
}

/**
 * The keys that the pack of a running attempt wants for its installers.
 * @returns `fenced` where another epoch or worker owns the execution, or it is terminal
 */
export async function environmentKeys(sql: Sql, writer: Writer): Promise<readonly AskedKey[] | 'fenced'> {
  const [row] = await sql<{ asked: AskedKey[] }[]>`
    SELECT coalesce((
      SELECT json_agg(json_build_object('variable', variable, 'name', asked.name, 'sealed', key.sealed))
      FROM (
        SELECT coalesce(
          (SELECT definition FROM pack_revision WHERE digest = execution.pack_digest),
          (SELECT definition FROM pack WHERE ref = split_part(execution.action, '.', 1))
        ) AS definition
      ) AS pack, json_each_text(pack.definition -> 'environment_keys') AS asked (variable, name)
        LEFT JOIN key ON key.name = asked.name
    ), '[]') AS asked
    FROM execution WHERE ${isRunBy(sql, writer)}`;
  return row?.asked ?? 'fenced';
}
