import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { executionView, type ExecutionView } from '../../src/contract/api/execution.ts';
import { isTerminal, type ExecutionState } from '../../src/contract/execution-state.ts';
import type { JsonObject } from '../../src/contract/parameter-schema.ts';
import { startServer } from '../../src/server/server.ts';
import { serverSettings } from '../../src/server/settings.ts';
import { readConfiguration } from '../../src/shared/config/read.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { folderWith } from './folder.ts';
import { freshDatabase } from './postgres.ts';
import { freshBroker } from './rabbitmq.ts';

export type RoadName = 'postgresql' | 'rabbitmq';
type Environment = Readonly<Record<string, string>>;

/** An agent as a process of its own, run from the sources. */
export interface TestAgent {
  readonly process: ChildProcess;
  /** Every line that it logged so far. */
  readonly lines: readonly string[];
  /** Resolves when a line holds the text. */
  says(text: string): Promise<void>;
  /** Resolves with the exit code, `null` where a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** A server in this process, and agents beside it, on a database and a broker of their own. All is gone after the test. */
export interface TestSystem {
  readonly url: string;
  readonly databaseUrl: string;
  readonly brokerUrl: string | undefined;
  /** The variables of an agent of this system. */
  readonly environment: Environment;
  startServer(settings?: Environment): Promise<{ readonly url: string; stop(): Promise<void> }>;
  startAgent(settings?: Environment): Promise<TestAgent>;
  /** Registers actions: file name below `actions/` → content. */
  register(files: Readonly<Record<string, string>>): Promise<void>;
  execute(action: string, parameters?: JsonObject): Promise<ExecutionView>;
  show(execution: number): Promise<ExecutionView>;
  /** Waits until the execution is in the state, or in any terminal one. */
  reaches(execution: number, state?: ExecutionState): Promise<ExecutionView>;
  cancel(execution: number): Promise<void>;
  /** The whole text of one stream. */
  log(execution: number, stream: 'stdout' | 'stderr'): Promise<string>;
}

export async function startSystem(road: RoadName, serverEnvironment: Environment = {}): Promise<TestSystem> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const broker = road === 'rabbitmq' ? await freshBroker() : undefined;
  if (broker !== undefined) onTestFinished(() => broker.drop());
  const folder = folderWith({});
  mkdirSync(join(folder, 'packs'));
  const environment: Environment = {
    PATH: process.env['PATH'] ?? '',
    ATTUNE__DATABASE__URL: database.url,
    ...(broker === undefined ? {} : { ATTUNE__MESSAGE_QUEUE__URL: broker.url }),
    ATTUNE__SECURITY__ENCRYPTION_KEY: 'a key for tests that is long enough',
    ATTUNE_PACKS_BASE_DIR: join(folder, 'packs'),
    ATTUNE_WORKER_SPOOL_DIR: join(folder, 'spool'),
    ATTUNE_WORKER_RUNTIMES: 'shell',
    ATTUNE_WORKER_CONCURRENCY: '4',
    ATTUNE_WORKER_GRACE_TIME: '1s',
  };

  const launchServer = async (settings: Environment = {}) => {
    const variables = { ...environment, ATTUNE__SERVER__PORT: '0', ...serverEnvironment, ...settings };
    const config = readConfiguration(serverSettings, { environment: variables });
    const server = await startServer({ config, logger: createLogger('silent') });
    onTestFinished(() => server.stop());
    return server;
  };
  const { url } = await launchServer();
  const show = async (execution: number) =>
    executionView.parse(await ask(`${url}/api/v1/executions/${execution}`));

  return {
    url,
    databaseUrl: database.url,
    brokerUrl: broker?.url,
    environment,
    startServer: launchServer,
    startAgent: (settings = {}) => launchAgent({ ...environment, ...settings }),
    async register(files) {
      const named = Object.entries(files).map(([name, content]) => [`actions/${name}`, content]);
      const path = folderWith({ 'pack.yaml': 'ref: test\nversion: 1.0.0\n', ...Object.fromEntries(named) });
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

/** Starts an agent and waits until it consumes, or has ended. */
async function launchAgent(environment: Environment): Promise<TestAgent> {
  const main = join(import.meta.dirname, '../../src/agent/main.ts');
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    for (const listener of listeners) listener();
  });
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!lines.some((line) => line.includes(text))) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  await Promise.race([says('"consuming"'), exited]);
  return { process: child, lines, says, exited };
}

async function ask(url: string, body?: JsonObject): Promise<unknown> {
  const sent = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await fetch(url, body === undefined ? {} : sent);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
