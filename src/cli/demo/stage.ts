import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { health } from '../../contract/api/health.ts';
import type { WorkerView } from '../../contract/api/worker.ts';
import { AttuneError } from '../../shared/errors.ts';
import { createClient, type Client } from '../api/client.ts';
import { listWorkers } from '../api/endpoints.ts';
import { startEmbeddedPostgres, throwAwaySettings } from '../embedded-postgres/start.ts';
import { freePort } from '../tethered/free-port.ts';
import { startTethered } from '../tethered/start-tethered.ts';
import { lookAtBroker } from './broker-traces.ts';
import type { Cleanups } from './cleanups.ts';
import type { DemoFiles } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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
const stopSeconds = 15;
const connectSeconds = 60;
/** So many scenes take their time. */
const leastSlots = 4;

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
  const environment = demoEnvironment(options, { databaseUrl: postgres.url, url, pool });
  await mkdir(join(folder, 'tmp'));
  const surroundings = { folder, environment, cleanups };
  const collapsed = Promise.race([
    reportEnd('postgres', join(folder, 'postgres/postgres.log'), postgres.exited),
    (await startPart('server', [...options.command, 'server'], surroundings)).end,
    (await startPart('agent', [options.files.agent], surroundings)).end,
  ]);
  // When the demo itself stops the parts, nobody asks any more.
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

/** What server and agent are told; nothing of Attune that the user has set for other purposes gets to them. */
function demoEnvironment(
  { folder, files, amqpUrl, environment }: StageOptions,
  { databaseUrl, url, pool }: { readonly databaseUrl: string; readonly url: string; readonly pool: string },
): Environment {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('ATTUNE'));
  return {
    ...Object.fromEntries(others),
    // Go would write to the home of the user otherwise.
    GOCACHE: join(files.cache, 'go-build'),
    XDG_CONFIG_HOME: folder,
    // What a job leaves there when it is cancelled goes with the demo.
    TMPDIR: join(folder, 'tmp'),
    ATTUNE__DATABASE__URL: databaseUrl,
    ...(amqpUrl === undefined ? {} : { ATTUNE__MESSAGE_QUEUE__URL: amqpUrl }),
    ATTUNE__SECURITY__ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    ATTUNE__SERVER__PORT: new URL(url).port,
    ATTUNE_PACKS_BASE_DIR: join(folder, 'packs'),
    ATTUNE_API_URL: url,
    ATTUNE_WORKER_NAME: 'demo',
    ATTUNE_WORKER_POOL: pool,
    ATTUNE_WORKER_CONCURRENCY: String(Math.max(leastSlots, availableParallelism())),
    ATTUNE_WORKER_GRACE_TIME: '1s',
    ATTUNE_WORKER_DRAIN_TIME: '0s',
    ATTUNE_ARTIFACTS_DIR: join(folder, 'artifacts'),
    ATTUNE_RUNTIME_ENVS_DIR: join(folder, 'runtime_envs'),
    ATTUNE_WORKER_SPOOL_DIR: join(folder, 'spool'),
    ATTUNE_WORKER_TMP_DIR: join(folder, 'tmp'),
    ATTUNE_AGENT_CONNECT_TIMEOUT: String(connectSeconds),
  };
}

interface Surroundings {
  readonly folder: string;
  readonly environment: Environment;
  readonly cleanups: Cleanups;
}

/** Starts a program whose log is `<name>.log`. `end` rejects when it is gone. */
async function startPart(
  name: string,
  argv: readonly [string, ...string[]],
  { folder, environment, cleanups }: Surroundings,
): Promise<{ readonly end: Promise<never> }> {
  const logFile = join(folder, `${name}.log`);
  const log = await open(logFile, 'a', 0o600);
  const program = startTethered({ argv, stopSignal: 'TERM', environment, output: log.fd });
  cleanups.add(name, () => program.stop(stopSeconds));
  await log.close();
  return { end: reportEnd(name, logFile, program.exited) };
}

async function reportEnd(name: string, logFile: string, exited: Promise<number>): Promise<never> {
  const status = await exited;
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const lines = log.trim().split('\n').slice(-5).join('\n  ');
  throw new AttuneError(
    'demo_part_failed',
    `The demo's ${name} ended with status ${status}; its log ends with:\n  ${lines}`,
  );
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
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(lookMilliseconds, undefined, { signal });
  }
}
