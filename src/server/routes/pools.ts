import { pageOf } from '../../contract/api/page.ts';
import { poolView } from '../../contract/api/pool.ts';
import type { Sql } from '../../store/connect.ts';
import { poolsWithLoad } from '../../store/pools.ts';
import type { App } from '../http/app-type.ts';

export function poolRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  app.get(
    '/pools',
    {
      schema: {
        tags: ['workers'],
        summary: 'List pools with their load',
        response: { 200: pageOf(poolView) },
      },
    },
    async () => ({ items: await poolsWithLoad(sql), next_cursor: null }),
  );
}
