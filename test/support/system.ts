import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { executionView, type ExecutionView } from '../../src/contract/api/execution.ts';
import { isTerminal, type ExecutionState } from '../../src/contract/execution-state.ts';
import type { JsonObject } from '../../src/contract/parameter-schema.ts';
import { startServer } from '../../src/server/server.ts';
import { serverSettings } from '../../src/server/settings.ts';
import { readConfiguration } from '../../src/shared/config/read.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startAgent, type TestAgent } from './agent.ts';
import { folderWith } from './folder.ts';
import { freshDatabase } from './postgres.ts';
import { freshBroker } from './rabbitmq.ts';
import { requires } from './requires.ts';

export type RoadName = 'postgresql' | 'rabbitmq';
export type Environment = Readonly<Record<string, string>>;

/** The roads that this machine can test. */
export function availableRoads(): RoadName[] {
  const postgresql: RoadName[] = requires('postgres') ? ['postgresql'] : [];
  return requires('amqp') && postgresql.length > 0 ? [...postgresql, 'rabbitmq'] : postgresql;
}

/** What a system stands on: a database and a broker of its own, and the variables that name them. */
export interface Ground {
  readonly databaseUrl: string;
  readonly brokerUrl: string | undefined;
  /** The variables of an agent of this system. */
  readonly environment: Environment;
  /** Where the agents look for packs, and the server puts them. */
  readonly packs: string;
  readonly spool: string;
}

/** A server in this process, and agents beside it. All is gone after the test. */
export interface TestSystem extends Ground {
  readonly url: string;
  /** Stops the server. */
  stop(): Promise<void>;
  startAgent(settings?: Environment): Promise<TestAgent>;
  /** Registers actions: file name below `actions/` → content; and files beside that folder. */
  register(files: Readonly<Record<string, string>>, beside?: Readonly<Record<string, string>>): Promise<void>;
  execute(action: string, parameters?: JsonObject): Promise<ExecutionView>;
  show(execution: number): Promise<ExecutionView>;
  /** Waits until the execution is in the state, or in any terminal one. */
  reaches(execution: number, state?: ExecutionState): Promise<ExecutionView>;
  cancel(execution: number): Promise<void>;
  /** The whole text of one stream. */
  log(execution: number, stream: 'stdout' | 'stderr'): Promise<string>;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function prepareGround(road: RoadName): Promise<Ground> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const broker = road === 'rabbitmq' ? await freshBroker() : undefined;
  if (broker !== undefined) onTestFinished(() => broker.drop());
  const folder = folderWith({});
  const [packs, spool] = [join(folder, 'packs'), join(folder, 'spool')];
  mkdirSync(packs);
  const environment: Environment = {
    PATH: process.env['PATH'] ?? '',
    ATTUNE__DATABASE__URL: database.url,
    ...(broker === undefined ? {} : { ATTUNE__MESSAGE_QUEUE__URL: broker.url }),
    ATTUNE__SECURITY__ENCRYPTION_KEY: 'a key for tests that is long enough',
    ATTUNE_PACKS_BASE_DIR: packs,
    ATTUNE_WORKER_SPOOL_DIR: spool,
    ATTUNE_WORKER_RUNTIMES: 'shell',
    ATTUNE_WORKER_CONCURRENCY: '4',
    ATTUNE_WORKER_GRACE_TIME: '1s',
  };
  return { databaseUrl: database.url, brokerUrl: broker?.url, environment, packs, spool };
}

/** Starts a server on a ground; `settings` are its own variables, which win. It is stopped after the test. */
export async function startServerOn(ground: Ground, settings: Environment = {}): Promise<RunningServer> {
  const environment = { ...ground.environment, ATTUNE__SERVER__PORT: '0', ...settings };
  const config = readConfiguration(serverSettings, { environment });
  const server = await startServer({ config, logger: createLogger('silent') });
  onTestFinished(() => server.stop());
  return server;
}

/** @param serverEnvironment variables of all servers of this system */
export async function startSystem(
  road: RoadName,
  serverEnvironment: Environment = {},
  ground?: Ground,
): Promise<TestSystem> {
  const base = ground ?? (await prepareGround(road));
  const server = await startServerOn(base, serverEnvironment);
  const { url } = server;
  const show = async (execution: number) =>
    executionView.parse(await ask(`${url}/api/v1/executions/${execution}`));

  return {
    ...base,
    url,
    stop: () => server.stop(),
    startAgent: (settings = {}) => startAgent({ ...base.environment, ...settings }),
    async register(files, beside = {}) {
      const named = Object.entries(files).map(([name, content]): [string, string] => [
        `actions/${name}`,
        content,
      ]);
      const pack = { 'pack.yaml': 'ref: test\nversion: 1.0.0\n', ...beside, ...Object.fromEntries(named) };
      const path = folderWith(pack);
      await ask(`${url}/api/v1/packs/register`, { path });
    },
    async execute(action, parameters = {}) {
      return executionView.parse(await ask(`${url}/api/v1/executions/execute`, { action, parameters }));
    },
    show,
    async reaches(execution, state) {
      for (;;) {
        const view = await show(execution);
        if (view.state === state || isTerminal(view.state)) return view;
        await delay(20);
      }
    },
    async cancel(execution) {
      await ask(`${url}/api/v1/executions/${execution}/cancel`, {});
    },
    async log(execution, stream) {
      const answer = await fetch(`${url}/api/v1/executions/${execution}/logs/${stream}`);
      return answer.text();
    },
  };
}

/** Asks an API, by POST where there is a body. @throws where the answer is no success */
export async function ask(url: string, body?: JsonObject): Promise<unknown> {
  const sent = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await fetch(url, body === undefined ? {} : sent);
  const text = await answer.text();
  // A connection to the database that was cut is noticed by whoever uses it next: reading again is harmless.
  if (answer.status === 503 && body === undefined) return delay(50).then(() => ask(url));
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
