import { actionView } from '../../contract/api/action.ts';
import { pageOf, pageQuery } from '../../contract/api/page.ts';
import { AttuneError } from '../../shared/errors.ts';
import { findAction, listActions } from '../../store/actions.ts';
import type { Sql } from '../../store/connect.ts';
import { packRef } from '../../contract/names.ts';
import { refPath, type App } from '../http/app-type.ts';

export function actionRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  app.get(
    '/actions',
    {
      schema: {
        tags: ['actions'],
        summary: 'List actions',
        querystring: pageQuery.extend({ pack: packRef.optional() }),
        response: { 200: pageOf(actionView) },
      },
    },
    async ({ query: { pack, ...page } }) => listActions(sql, page, pack === undefined ? {} : { pack }),
  );

  app.get(
    '/actions/:ref',
    {
      schema: {
        tags: ['actions'],
        summary: 'Show an action',
        params: refPath,
        response: { 200: actionView },
      },
    },
    async ({ params: { ref } }) => {
      const action = await findAction(sql, ref);
      if (action === undefined) throw new AttuneError('unknown_action', `There is no action "${ref}"`);
      return action;
    },
  );
}
