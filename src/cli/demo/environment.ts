import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DemoFiles } from './project.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  readonly folder: string;
  readonly files: Pick<DemoFiles, 'cache'>;
  /** Of the user: its PATH tells which interpreters there are. */
  readonly environment: Environment;
  readonly amqpUrl: string | undefined;
  readonly databaseUrl: string;
  /** Where the server is to listen. */
  readonly url: string;
  readonly pool: string;
}

/** How long the parts may take to find each other. */
export const connectSeconds = 60;

/** So many scenes take their time. */
const leastSlots = 4;

/** What server and agent are told; nothing of Attune that the user has set for other purposes gets to them. */
export function demoEnvironment({
  folder,
  files,
  environment,
  amqpUrl,
  databaseUrl,
  url,
  pool,
}: Surroundings): Environment {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('ATTUNE'));
  return {
    ...Object.fromEntries(others),
    // Go and npm would write to the home of the user otherwise.
    GOCACHE: join(files.cache, 'go-build'),
    npm_config_cache: join(files.cache, 'npm'),
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
