import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { health } from '../../contract/api/health.ts';
import type { WorkerView } from '../../contract/api/worker.ts';
import { AttuneError } from '../../shared/errors.ts';
import { createClient, type Client } from '../api/client.ts';
import { listWorkers } from '../api/endpoints.ts';
import { startEmbeddedPostgres, throwAwaySettings } from '../embedded-postgres/start.ts';
import { freePort } from '../tethered/free-port.ts';
import { lookAtBroker } from './broker-traces.ts';
import type { Cleanups } from './cleanups.ts';
import { connectSeconds, demoEnvironment, type Environment } from './environment.ts';
import { reportEnd, startPart } from './part.ts';
import type { DemoFiles } from './project.ts';

export interface StageOptions {
  /** Holds everything; is its owner's to remove. */
  readonly folder: string;
  /** The sealed agent, and where jobs may cache what they compile. */
  readonly files: Pick<DemoFiles, 'agent' | 'cache'>;
  /** Node and the main file of this program. */
  readonly command: readonly [string, string];
  readonly amqpUrl: string | undefined;
  /** Of the user: its PATH tells which interpreters there are. */
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Hears of each part that is ready. */
  readonly onReady: (part: string) => void;
}

/** A database, a server and a worker that stand ready. */
export interface Stage {
  readonly client: Client;
  readonly worker: WorkerView;
  /** Rejects when a part ends by itself. */
  readonly collapsed: Promise<never>;
}

const lookMilliseconds = 50;

/**
 * Starts a throw-away Attune on free ports of this machine. What is started is stopped by `cleanups`, also when a later
 * part fails; none of it can outlive this process.
 * @throws AttuneError what the embedded PostgreSQL and the broker say; `demo_part_failed`
 */
export async function openStage(options: StageOptions, cleanups: Cleanups): Promise<Stage> {
  const { folder, amqpUrl, signal, onReady } = options;
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    settings: throwAwaySettings,
  });
  cleanups.add('PostgreSQL', () => postgres.stop());
  onReady('PostgreSQL');
  const pool = `demo-${randomBytes(4).toString('hex')}`;
  if (amqpUrl !== undefined) {
    const traces = await lookAtBroker(amqpUrl, pool);
    cleanups.add('RabbitMQ', () => traces.erase());
    onReady('RabbitMQ');
  }
  signal.throwIfAborted();
  const url = `http://127.0.0.1:${await freePort()}`;
  const environment = demoEnvironment({ ...options, databaseUrl: postgres.url, url, pool });
  await mkdir(join(folder, 'tmp'));
  const surroundings = { folder, environment, cleanups };
  const server = await startPart('server', [...options.command, 'server'], surroundings);
  const agent = await startPart('agent', [options.files.agent], surroundings);
  const postgresEnd = reportEnd('postgres', join(folder, 'postgres/postgres.log'), postgres.exited);
  const collapsed = Promise.race([postgresEnd, server.end, agent.end]);
  // When the demo itself stops its parts, nobody asks any more.
  collapsed.catch(() => undefined);
  const client = createClient({ url });
  await Promise.race([
    collapsed,
    untilAnswers(() => client.send({ path: '/health', answer: health }), signal),
  ]);
  onReady(`server at ${url}`);
  const worker = await Promise.race([collapsed, untilAnswers(() => firstWorker(client), signal)]);
  onReady(`worker with ${worker.capabilities.runtimes.length} runtimes`);
  return { client, worker, collapsed };
}

async function firstWorker(client: Client): Promise<WorkerView> {
  const { items } = await listWorkers(client, { limit: 1 });
  if (items[0] === undefined) throw new AttuneError('no_worker', 'There is no worker yet.');
  return items[0];
}

/** Asks again until there is an answer. */
async function untilAnswers<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const deadline = performance.now() + connectSeconds * 1000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(lookMilliseconds, undefined, { signal });
  }
}
