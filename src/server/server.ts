import { openRoad } from '../broker/open.ts';
import { AttuneError } from '../shared/errors.ts';
import { variableOf, type Configuration } from '../shared/config/setting.ts';
import type { Logger } from '../shared/logger.ts';
import { runPhases, type Phase } from '../shared/shutdown.ts';
import { untilAvailable } from '../shared/until-available.ts';
import { findAction } from '../store/actions.ts';
import { openDatabase, openLane } from '../store/connect.ts';
import { databaseError } from '../store/database-error.ts';
import { migrate } from '../store/migrate.ts';
import { runtimeAliases } from '../store/runtimes.ts';
import { createAgentFiles } from './agent-download/agent-files.ts';
import { createApp } from './app.ts';
import { Clients } from './http/clients.ts';
import { listenToExecutions } from './events/execution-events.ts';
import { createActionCatalog } from './executions/action-catalog.ts';
import { listenOn } from './http/listen.ts';
import { isLoopback } from './http/local-clients.ts';
import { startRetention } from './retention/retention.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { createServices } from './services.ts';
import { serverSettings } from './settings.ts';

export interface ServerOptions {
  readonly config: Configuration<typeof serverSettings>;
  readonly logger: Logger;
}

export interface Server {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ends what waits, finishes what is under way, closes everything. Never rejects; safe to call twice. */
  stop(): Promise<void>;
}

/** For all but what is done for each execution, which has lanes; more would only wait inside of PostgreSQL. */
const databaseConnections = 8;

/**
 * Starts the control plane: database, schema, road, scheduler, HTTP, in this order. What was started is stopped again
 * when a later step fails.
 * @throws AttuneError `token_required`, `database_url_missing`, and whatever database and broker say
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, logger } = options;
  refuseOpenDoor(config);
  const phases: Phase[] = [];
  try {
    const url = await start(options, phases);
    logger.info({ url }, 'server listens');
    let stopped: Promise<unknown> | undefined;
    return { url, stop: async () => void (await (stopped ??= runPhases(phases, logger))) };
  } catch (error) {
    await runPhases(phases, logger);
    throw error;
  }
}

/** Each part puts its own stop before those of the parts that it uses. */
async function start({ config, logger }: ServerOptions, phases: Phase[]): Promise<string> {
  const patience = {
    seconds: config.connectTimeout,
    setting: variableOf(serverSettings.connectTimeout),
    logger,
  };
  const url = databaseUrl(config);
  const sql = openDatabase(url, { name: 'attune server', connections: databaseConnections });
  const inserts = openLane(url, 'attune server inserts');
  const views = openLane(url, 'attune server views');
  phases.unshift({
    name: 'database',
    seconds: 5,
    run: () => Promise.all([sql, inserts, views].map((one) => one.end({ timeout: 4 }))),
  });
  await untilAvailable(() => migrate(sql).catch(rethrow), { name: 'PostgreSQL', ...patience });

  const road = await untilAvailable(() => openRoad({ amqpUrl: config.messageQueueUrl, sql, logger }), {
    name: 'RabbitMQ',
    ...patience,
  });
  phases.unshift({ name: 'road', seconds: 5, run: () => road.close() });

  const scheduler = await startScheduler({ sql, inserts, road, logger, config });
  phases.unshift({ name: 'scheduler', seconds: 10, run: () => scheduler.stop() });

  const retention = startRetention({ sql, logger, config });
  phases.unshift({ name: 'retention', seconds: 5, run: () => retention.stop() });

  const catalog = createActionCatalog({
    findAction: (ref) => findAction(sql, ref),
    runtimeAliases: () => runtimeAliases(sql),
  });
  const events = await listenToExecutions(sql, catalog.forget);
  phases.unshift({ name: 'events', seconds: 5, run: () => events.stop() });

  const clients = new Clients();
  const services = createServices({
    config,
    sql,
    views,
    road,
    scheduler,
    catalog,
    events,
    clients,
  });
  const { app, doors } = await createApp(services, {
    bodyLimit: config.bodyLimit,
    apiToken: config.apiToken,
    agentDownload: agentDownload(config, logger),
    logger,
  });
  phases.unshift(
    {
      name: 'requests',
      seconds: config.shutdownTime,
      async run() {
        clients.dismiss();
        await doors.drain();
      },
    },
    { name: 'connections', seconds: 2, run: () => doors.cut() },
  );
  return listenOn(app, config);
}

function refuseOpenDoor({ host, apiToken }: ServerOptions['config']): void {
  if (apiToken !== undefined || isLoopback(host)) return;
  throw new AttuneError(
    'token_required',
    `server.host is ${host}, which others can reach, and everybody who reaches the API can run programs: ` +
      'set ATTUNE__SECURITY__API_TOKEN (at least 16 characters), or listen on 127.0.0.1',
  );
}

function agentDownload({ agentDirectory, agentToken }: ServerOptions['config'], logger: Logger) {
  if (agentDirectory === undefined || agentToken === undefined) return undefined;
  return { token: agentToken, files: createAgentFiles(agentDirectory, logger) };
}

function databaseUrl({ databaseUrl: url }: ServerOptions['config']): string {
  if (url !== undefined) return url;
  throw new AttuneError(
    'database_url_missing',
    'A server needs PostgreSQL: set ATTUNE__DATABASE__URL, like postgres://user:password@host:5432/database',
  );
}

function rethrow(error: unknown): never {
  throw databaseError(error);
}
