import type { Road } from '../broker/road.ts';
import type { LoadedPack } from '../packs/load-pack.ts';
import { createBatcher } from '../shared/batcher.ts';
import type { Configuration } from '../shared/config/setting.ts';
import { createSecretBox } from '../shared/secret-box.ts';
import type { Sql } from '../store/connect.ts';
import type { Services } from './app.ts';
import type { ExecutionEvents } from './events/execution-events.ts';
import type { ActionCatalog } from './executions/action-catalog.ts';
import { prepareExecution } from './executions/execute.ts';
import { viewOfNew } from './executions/new-execution.ts';
import type { Clients } from './http/clients.ts';
import { createEventSender } from './http/event-stream.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createPackStore } from './packs/install-pack.ts';
import { registerCopy, registerPack } from './packs/register-pack.ts';
import { uploadPack } from './packs/upload-pack.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { serverSettings } from './settings.ts';

interface Parts {
  readonly config: Configuration<typeof serverSettings>;
  readonly sql: Sql;
  readonly views: Sql;
  readonly road: Road;
  readonly scheduler: Scheduler;
  readonly catalog: ActionCatalog;
  readonly events: ExecutionEvents;
  readonly clients: Clients;
}

/** Joins the parts of a server to what its routes work with. */
export function createServices(parts: Parts): Services {
  const { config, sql, views, road, scheduler, catalog, events, clients } = parts;
  const metrics = createMetrics({ sql, road });
  events.follow(
    ({ state }) => metrics.executionEnded(state),
    () => undefined,
  );
  const secretBox = config.encryptionKey === undefined ? undefined : createSecretBox(config.encryptionKey);
  const store = createPackStore(config.packsDirectory);
  const registration = { sql, store };
  // Those of one pack wait for each other in the database, and would hold all connections to it.
  const inTurn = createBatcher(
    async (tasks: (() => Promise<LoadedPack>)[]) => Promise.all(tasks.map(async (task) => task())),
    { most: 1 },
  );
  const registerUnpacked = (folder: string) => inTurn(() => registerCopy(folder, registration));
  const forgetAfter = async (task: Promise<LoadedPack>) => {
    const pack = await task;
    // Word of the change reaches this server too, but perhaps after the client's next request.
    catalog.forget();
    return pack;
  };

  return {
    sql,
    views,
    secretBox,
    road,
    events,
    metrics,
    clients,
    sendEvents: createEventSender(clients, metrics),
    registerPack: (folder) => forgetAfter(inTurn(() => registerPack(folder, registration))),
    uploadPack: (archive) => forgetAfter(uploadPack(archive, { store, register: registerUnpacked })),
    async execute(order) {
      const request = await prepareExecution(order, catalog, secretBox);
      const inserted = await scheduler.submit(request);
      metrics.executionSubmitted();
      return viewOfNew(request, inserted);
    },
  };
}
