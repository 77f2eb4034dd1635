import type { Sql } from '../connect.ts';

/** The last sign of life of a worker, as text of full precision: only whether it changes matters. */
export interface Heartbeat {
  readonly worker: number;
  readonly heartbeat: string;
}

/** The heartbeats of all workers that are online. */
export async function heartbeats(sql: Sql): Promise<Heartbeat[]> {
  return sql<Heartbeat[]>`SELECT id AS worker, heartbeat::text FROM worker WHERE status = 'online'`;
}

/** Gives a worker up, unless it was heard of since. Answers whether this call did it. */
export async function loseWorker(sql: Sql, worker: number, heartbeat: string): Promise<boolean> {
  const lost = await sql`
    UPDATE worker SET status = 'lost', busy = 0
    WHERE id = ${worker} AND status = 'online' AND heartbeat = ${heartbeat}::timestamptz
    RETURNING pg_notify('attune_pools', '')`;
  return lost.length > 0;
}
