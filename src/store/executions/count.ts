import type { Sql } from '../connect.ts';

/** How many executions wait for a pool that can take them. */
export async function countRequested(sql: Sql): Promise<number> {
  const [row] = await sql<
    { count: number }[]
  >`SELECT count(*)::integer AS count FROM execution WHERE state = 'requested'`;
  return row?.count ?? 0;
}
