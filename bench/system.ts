import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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

/** Starts a server and the sealed agent on this machine, and registers the packs of the bench. */
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
  const server = start([process.execPath, join(root, 'dist/attune.mjs'), 'server', '--json'], environment);
  const url = await server.says((log) => /"url":"(http[^"]+)"/.exec(log)?.[1]);
  for (const pack of ['pack', 'installed']) await register(url, join(root, 'bench', pack));
  const begin = performance.now();
  const agent = start([join(root, 'dist/attune-agent')], environment);
  const firstLine = await agent.says((log) => (log.includes('\n') ? performance.now() - begin : undefined));
  const consuming = await agent.says((log) =>
    log.includes('"consuming"') ? performance.now() - begin : undefined,
  );
  const init = agent.child.pid ?? 0;
  return {
    url,
    server: server.child.pid ?? 0,
    agent: { pid: firstChildOf(init), init, firstLine, consuming },
    async stop() {
      await end(agent.child);
      await end(server.child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Started {
  readonly child: ChildProcess;
  /** The first answer that `look` finds in what the process has written so far. */
  says<Found>(look: (log: string) => Found | undefined): Promise<Found>;
}

/** Its log goes to a file: whoever reads it line by line would wake with every execution. */
function start(
  [program = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>> & { readonly HOME: string },
): Started {
  const log = join(environment.HOME, `${basename(program)}.log`);
  const output = openSync(log, 'w');
  const child = spawn(program, args, { env: { ...environment }, stdio: ['ignore', output, 'ignore'] });
  closeSync(output);
  return {
    child,
    async says(look) {
      for (;;) {
        const text = readFileSync(log, 'utf8');
        const found = look(text);
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`${program} ended: ${text}`);
        await delay(1);
      }
    },
  };
}

async function register(url: string, path: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/packs/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path }),
  });
  if (!answer.ok) throw new Error(`${path} was refused: ${await answer.text()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
