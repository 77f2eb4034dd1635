import { pageOf, pageQuery } from '../../contract/api/page.ts';
import { runtimeView } from '../../contract/api/runtime.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { findRuntime, listRuntimes } from '../../store/runtimes.ts';
import { refPath, type App } from '../http/app-type.ts';

export function runtimeRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  app.get(
    '/runtimes',
    {
      schema: {
        tags: ['runtimes'],
        summary: 'List runtimes',
        querystring: pageQuery,
        response: { 200: pageOf(runtimeView) },
      },
    },
    async ({ query }) => listRuntimes(sql, query),
  );

  app.get(
    '/runtimes/:ref',
    {
      schema: {
        tags: ['runtimes'],
        summary: 'Show a runtime by its name, ref or alias',
        params: refPath,
        response: { 200: runtimeView },
      },
    },
    async ({ params: { ref } }) => {
      const runtime = await findRuntime(sql, ref);
      if (runtime === undefined) throw new AttuneError('unknown_runtime', `There is no runtime "${ref}"`);
      return runtime;
    },
  );
}
