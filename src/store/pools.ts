import type { PoolView } from '../contract/api/pool.ts';
import type { Sql } from './connect.ts';
import { textAfter, toPage, type Page, type Paged } from './pages.ts';

/** Every pool on record, also those without a live worker, with what it offers and what it has to do. By name. */
export async function poolsWithLoad(sql: Sql): Promise<PoolView[]> {
  return sql<PoolView[]>`${selectPools(sql)} ORDER BY pool.name`;
}

/** The same as pages. */
export async function listPools(sql: Sql, page: Page): Promise<Paged<PoolView>> {
  const rows = await sql<PoolView[]>`
    ${selectPools(sql)} WHERE pool.name > ${textAfter(page) ?? ''} ORDER BY pool.name LIMIT ${page.limit + 1}`;
  return toPage(rows, page, ({ name }) => name);
}

function selectPools(sql: Sql) {
  return sql`
    SELECT pool.name, pool.capabilities, pool.created,
      coalesce(offered.workers, 0) AS workers, coalesce(offered.slots, 0) AS slots,
      coalesce(waiting.count, 0) AS scheduled, coalesce(busy.count, 0) AS running,
      coalesce(waiting.count, 0) + coalesce(busy.count, 0) AS load
    FROM pool
    LEFT JOIN (
      SELECT pool, count(*)::integer AS workers, sum(slots)::integer AS slots
      FROM worker WHERE status = 'online' AND NOT cordoned GROUP BY pool
    ) AS offered ON offered.pool = pool.name
    LEFT JOIN (
      SELECT pool, count(*)::integer AS count FROM execution WHERE state = 'scheduled' GROUP BY pool
    ) AS waiting ON waiting.pool = pool.name
    LEFT JOIN (
      SELECT pool, count(*)::integer AS count FROM execution WHERE state IN ('running', 'canceling') GROUP BY pool
    ) AS busy ON busy.pool = pool.name`;
}
