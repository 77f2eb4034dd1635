import type { Sql } from '../connect.ts';

/** Whether claims of this worker are accepted at all: it is online, and not cordoned. */
export async function mayClaim(sql: Sql, worker: number): Promise<boolean> {
  const [found] = await sql`SELECT FROM worker WHERE id = ${worker} AND status = 'online' AND NOT cordoned`;
  return found !== undefined;
}
