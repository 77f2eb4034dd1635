import type { WorkerStatus, WorkerView } from '../../contract/api/worker.ts';
import type { Sql } from '../connect.ts';
import { numberAfter, toPage, type Page, type Paged } from '../pages.ts';

export interface WorkerFilter {
  readonly status?: WorkerStatus | undefined;
  readonly pool?: string | undefined;
}

/** One worker as the API shows it, or `undefined`. */
export async function findWorker(sql: Sql, id: number): Promise<WorkerView | undefined> {
  const [worker] = await sql<WorkerView[]>`${selectViews(sql)} WHERE id = ${id}`;
  return worker;
}

/** Workers, newest first. */
export async function listWorkers(
  sql: Sql,
  page: Page,
  { status, pool }: WorkerFilter = {},
): Promise<Paged<WorkerView>> {
  const after = numberAfter(page);
  const rows = await sql<WorkerView[]>`
    ${selectViews(sql)} WHERE true
    ${after === null ? sql`` : sql`AND id < ${after}`}
    ${status === undefined ? sql`` : sql`AND status = ${status}`}
    ${pool === undefined ? sql`` : sql`AND pool = ${pool}`}
    ORDER BY id DESC LIMIT ${page.limit + 1}`;
  return toPage(rows, page, ({ id }) => id);
}

function selectViews(sql: Sql) {
  return sql`
    SELECT id, name, pool, status, cordoned, slots, busy, capabilities, agent, heartbeat, created FROM worker`;
}
