import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { agentInfo } from '../../../src/contract/api/agent-info.ts';
import { health, readiness } from '../../../src/contract/api/health.ts';
import { poolView } from '../../../src/contract/api/pool.ts';
import { pageOf } from '../../../src/contract/api/page.ts';
import { workerView } from '../../../src/contract/api/worker.ts';
import { executionView } from '../../../src/contract/api/execution.ts';
import { startServer } from '../../../src/server/server.ts';
import { serverSettings } from '../../../src/server/settings.ts';
import { readConfiguration } from '../../../src/shared/config/read.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';
import { registerSample } from './support/packs.ts';
import { runningServer } from './support/running-server.ts';
import { handWorker } from './support/worker.ts';

function start(environment: Readonly<Record<string, string>>): ReturnType<typeof startServer> {
  const config = readConfiguration(serverSettings, {
    environment: { ATTUNE__SERVER__PORT: '0', ...environment },
  });
  return startServer({ config, logger: createLogger('silent') });
}

test.for([
  ['0.0.0.0', 'token_required'],
  ['::', 'token_required'],
  ['127.0.0.1', 'database_url_missing'],
])('on %s without token and database: %s', async ([host = '', code]) => {
  await expect(start({ ATTUNE__SERVER__HOST: host })).rejects.toMatchObject({ code });
});

test('a database that is not there is waited for, up to the limit', async () => {
  await expect(
    start({
      ATTUNE__DATABASE__URL: 'postgres://nobody@127.0.0.1:1/nothing',
      ATTUNE__SERVER__CONNECT_TIMEOUT: '100ms',
    }),
  ).rejects.toMatchObject({ code: 'connect_timeout' });
});

describe.skipIf(!requires('postgres'))('the life of a server', () => {
  test('an unknown database is said at once', async () => {
    const database = await freshDatabase();
    await database.drop();

    await expect(start({ ATTUNE__DATABASE__URL: database.url })).rejects.toMatchObject({
      code: 'unknown_database',
    });
  });

  test('a port that is taken', async () => {
    const server = await runningServer();
    onTestFinished(() => server.drop());
    const { port } = new URL(server.url);

    await expect(
      start({ ATTUNE__DATABASE__URL: server.databaseUrl, ATTUNE__SERVER__PORT: port }),
    ).rejects.toMatchObject({ code: 'cannot_listen' });
  });

  test('health, readiness, metrics, information, documentation', async () => {
    const server = await runningServer();
    onTestFinished(() => server.drop());

    expect(health.parse((await server.get('/health')).body)).toEqual({ status: 'ok' });
    expect(readiness.parse((await server.get('/health/ready')).body)).toEqual({
      status: 'ready',
      parts: { database: { ready: true }, messages: { ready: true } },
    });
    expect(agentInfo.strict().parse((await server.get('/api/v1/agent/info')).body).version).toMatch(/^\d/);
    const metrics = await server.get('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    expect(metrics.text).toMatch(/^attune_database_up 1$/m);
    expect(metrics.text).toMatch(/^attune_executions_requested 0$/m);
    const { body } = await server.get('/openapi.json');
    expect(body).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/executions/execute': { post: {} } } });
    expect((await server.get('/docs/static/swagger-ui-bundle.js')).status).toBe(200);
  });

  test('workers and pools: shown, cordoned, uncordoned', async () => {
    const server = await runningServer();
    onTestFinished(() => server.drop());
    const { registered } = await handWorker(server.sql);
    const path = `/api/v1/workers/${registered.worker}`;

    const [worker] = pageOf(workerView.strict()).parse((await server.get('/api/v1/workers')).body).items;
    expect(worker).toMatchObject({
      id: registered.worker,
      pool: registered.pool,
      status: 'online',
      cordoned: false,
    });
    expect(pageOf(poolView.strict()).parse((await server.get('/api/v1/pools')).body).items).toMatchObject([
      { name: registered.pool, workers: 1, slots: 100, load: 0 },
    ]);
    expect(workerView.parse((await server.post(`${path}/cordon`)).body).cordoned).toBe(true);
    expect(pageOf(poolView).parse((await server.get('/api/v1/pools')).body).items).toMatchObject([
      { workers: 0 },
    ]);
    expect(workerView.parse((await server.post(`${path}/uncordon`)).body).cordoned).toBe(false);
    expect(workerView.parse((await server.get(path)).body)).toMatchObject({ id: registered.worker });
  });

  test('a stopping server answers those who wait, ends streams and idle connections, and takes nothing new', async () => {
    const server = await runningServer();
    onTestFinished(() => server.drop());
    await registerSample(server);
    const waiting = server.post('/api/v1/executions/execute', { action: 'sample.echo', wait: 600 });
    const stream = await fetch(`${server.url}/api/v1/executions/stream`);
    const { port } = new URL(server.url);
    const idle = connect(Number(port), '127.0.0.1');
    const closed = new Promise((resolve) => {
      idle.once('close', resolve);
    });
    await expect.poll(async () => (await server.sql`SELECT 1 FROM execution`).length).toBe(1);

    await Promise.all([server.stop(), server.stop()]);

    expect(executionView.parse((await waiting).body).state).toBe('requested');
    expect(await stream.text()).toMatch(/^retry: 1000\n\n$/);
    idle.end();
    await closed;
    await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
  });
});
