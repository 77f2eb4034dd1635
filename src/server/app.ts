import Fastify from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from '../shared/logger.ts';
import { requireToken } from './http/authentication.ts';
import type { App } from './http/app-type.ts';
import { serveDocumentation } from './http/documentation.ts';
import { answerFailures, answerFrameworkError } from './http/failures.ts';
import { refuseWebPages } from './http/local-clients.ts';
import { watchDoors, type Doors } from './http/doors.ts';
import type { Metrics } from './metrics/metrics.ts';
import { actionRoutes } from './routes/actions.ts';
import { agentRoutes, type AgentDownload } from './routes/agent.ts';
import { executionEventRoutes, type ExecutionEventServices } from './routes/execution-events.ts';
import { executionLogRoutes, type ExecutionLogServices } from './routes/execution-logs.ts';
import { executionRoutes, type ExecutionServices } from './routes/executions.ts';
import { healthRoutes, type HealthServices } from './routes/health.ts';
import { keyRoutes, type KeyServices } from './routes/keys.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { packArchiveRoutes, type PackArchiveServices } from './routes/pack-archives.ts';
import { packRoutes, type PackServices } from './routes/packs.ts';
import { poolRoutes } from './routes/pools.ts';
import { runtimeRoutes } from './routes/runtimes.ts';
import { workerRoutes } from './routes/workers.ts';

/** What the routes work with. */
export interface Services
  extends
    PackServices,
    PackArchiveServices,
    KeyServices,
    ExecutionServices,
    ExecutionLogServices,
    ExecutionEventServices,
    HealthServices {
  readonly metrics: Metrics;
}

export interface AppOptions {
  /** Bytes that the body of a request may have. */
  readonly bodyLimit: number;
  /** Asked for on every route but health and documentation, where it is set. */
  readonly apiToken?: string | undefined;
  readonly agentDownload?: AgentDownload | undefined;
  readonly logger: Logger;
}

/** Receiving a request may take this long, in milliseconds: slow senders do not hold connections for ever. */
const requestTimeout = 60_000;

/** The HTTP side of the server: routes, documentation, errors, authentication. The caller makes it listen, and stops it by its doors. */
export async function createApp(
  services: Services,
  options: AppOptions,
): Promise<{ readonly app: App; readonly doors: Doors }> {
  const { metrics } = services;
  const app: App = Fastify({
    bodyLimit: options.bodyLimit,
    requestTimeout,
    frameworkErrors: answerFrameworkError,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<ZodTypeProvider>();
  // JSON is the only kind of body: text/plain is what a form of a foreign web page could send.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  // The compiler of TypeScript has checked each answer against its schema; tests check it again. Doing so here would
  // cost more than the rest of a request.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  answerFailures(app, options.logger);
  const doors = watchDoors(app);
  app.addHook('onResponse', (request, reply, done) => {
    metrics.requestDone(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });

  await serveDocumentation(app);
  healthRoutes(app, services);
  await app.register(async (open: App) => agentRoutes(open, options.agentDownload), { prefix: '/api/v1' });
  await app.register(async (guarded: App) => {
    if (options.apiToken === undefined) refuseWebPages(guarded);
    else requireToken(guarded, options.apiToken);
    metricsRoutes(guarded, metrics);
    await guarded.register(async (api: App) => apiRoutes(api, services), { prefix: '/api/v1' });
  });
  return { app, doors };
}

async function apiRoutes(api: App, services: Services): Promise<void> {
  packRoutes(api, services);
  await api.register(async (archives: App) => packArchiveRoutes(archives, services));
  actionRoutes(api, services);
  runtimeRoutes(api, services);
  executionRoutes(api, services);
  executionLogRoutes(api, services);
  executionEventRoutes(api, services);
  workerRoutes(api, services);
  poolRoutes(api, services);
  keyRoutes(api, services);
}
