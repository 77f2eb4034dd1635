import { pageOf, pageQuery } from '../../contract/api/page.ts';
import { workerStatus, workerView, type WorkerView } from '../../contract/api/worker.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { findWorker, listWorkers, setCordoned } from '../../store/workers.ts';
import { idPath, type App } from '../http/app-type.ts';

export function workerRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  app.get(
    '/workers',
    {
      schema: {
        tags: ['workers'],
        summary: 'List workers',
        querystring: pageQuery.extend({ status: workerStatus.optional() }),
        response: { 200: pageOf(workerView) },
      },
    },
    async ({ query: { status, ...page } }) => listWorkers(sql, page, status === undefined ? {} : { status }),
  );

  app.get(
    '/workers/:id',
    {
      schema: { tags: ['workers'], summary: 'Show a worker', params: idPath, response: { 200: workerView } },
    },
    async ({ params: { id } }) => present(id, await findWorker(sql, id)),
  );

  for (const verb of ['cordon', 'uncordon'] as const) {
    const summary =
      verb === 'cordon'
        ? 'Let a worker finish what it has and take nothing new'
        : 'Let a worker take work again';
    app.post(
      `/workers/:id/${verb}`,
      { schema: { tags: ['workers'], summary, params: idPath, response: { 200: workerView } } },
      async ({ params: { id } }) => {
        await setCordoned(sql, id, verb === 'cordon');
        return present(id, await findWorker(sql, id));
      },
    );
  }
}

function present(id: number, worker: WorkerView | undefined): WorkerView {
  if (worker === undefined) throw new AttuneError('unknown_worker', `There is no worker ${id}`);
  return worker;
}
