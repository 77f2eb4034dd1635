import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { firstChildOf } from '../test/support/sealed/run.ts';

const root = join(import.meta.dirname, '..');

export interface Roads {
  readonly databaseUrl: string;
  readonly amqpUrl: string | undefined;
}

export interface StartedAgent {
  readonly pid: number;
  /** Its parent, the supervisor. */
  readonly init: number;
  /** Milliseconds from the start of the process. */
  readonly firstLine: number;
  readonly consuming: number;
}

export interface System {
  readonly url: string;
  /** The process of the server. */
  readonly server: number;
  readonly agent: StartedAgent;
  stop(): Promise<void>;
}

/** Starts a server and the sealed agent on this machine, and registers the bench pack. */
export async function startSystem(roads: Roads): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    ATTUNE__DATABASE__URL: roads.databaseUrl,
    ATTUNE__MESSAGE_QUEUE__URL: roads.amqpUrl,
    ATTUNE_PACKS_BASE_DIR: join(folder, 'packs'),
    ATTUNE_ARTIFACTS_DIR: join(folder, 'artifacts'),
    ATTUNE_RUNTIME_ENVS_DIR: join(folder, 'environments'),
    ATTUNE_WORKER_SPOOL_DIR: join(folder, 'spool'),
    ATTUNE_WORKER_CONCURRENCY: '4',
    ATTUNE__SERVER__PORT: '0',
  };
  mkdirSync(environment.ATTUNE_PACKS_BASE_DIR);
  const server = spawn(
    process.execPath,
    [join(root, 'dist/attune.mjs'), 'server', '--json'],
    options(environment),
  );
  const url = await waitFor(server, (line) => /"url":"(http[^"]+)"/.exec(line)?.[1]);
  await register(url);
  const { agent, ...times } = await startAgent(environment);
  const init = agent.pid ?? 0;
  return {
    url,
    server: server.pid ?? 0,
    agent: { pid: firstChildOf(init), init, ...times },
    async stop() {
      await end(agent);
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function options(environment: Readonly<Record<string, string | undefined>>) {
  return { env: { ...environment }, stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] };
}

async function startAgent(environment: Readonly<Record<string, string | undefined>>) {
  const begin = performance.now();
  const agent = spawn(join(root, 'dist/attune-agent'), [], options(environment));
  let firstLine = 0;
  const consuming = await waitFor(agent, (line) => {
    firstLine ||= performance.now() - begin;
    return line.includes('"consuming"') ? performance.now() - begin : undefined;
  });
  return { agent, firstLine, consuming };
}

/** The first answer that `look` finds in the process's lines; later lines are read and dropped. */
async function waitFor<Found>(
  child: ChildProcess,
  look: (line: string) => Found | undefined,
): Promise<Found> {
  if (child.stdout === null) throw new Error('no output to read');
  const lines = createInterface(child.stdout);
  return new Promise((resolve, reject) => {
    let last = '';
    lines.on('line', (line) => {
      last = line;
      const found = look(line);
      if (found !== undefined) resolve(found);
    });
    lines.on('close', () => reject(new Error(`${child.spawnfile} ended: ${last}`)));
  });
}

async function register(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/packs/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: join(root, 'bench/pack') }),
  });
  if (!answer.ok) throw new Error(`the bench pack was refused: ${await answer.text()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
