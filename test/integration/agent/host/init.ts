import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ReadableProcess } from '../../../support/agent.ts';
import { RawAgent } from './raw-agent.ts';

const relay = fileURLToPath(new URL('../../../fixtures/agents/relay.mjs', import.meta.url));

/** An agent that the supervisor has started, and the test plays. */
export class PlayedAgent extends RawAgent {
  readonly pid: number;

  constructor(socket: Socket, pid: number) {
    super(socket);
    this.pid = pid;
  }

  die(): void {
    process.kill(this.pid, 'SIGKILL');
  }
}

/** A supervisor as the init of agents. */
export interface Init extends AsyncDisposable {
  readonly process: ChildProcess;
  /** What supervisor and agents have written, stdout and stderr, line by line. */
  readonly lines: readonly string[];
  /** Exit code and signal. */
  readonly exited: Promise<unknown[]>;
}

/** Starts `supervisor PROGRAM ARGUMENTS…`. */
export function startInit(
  supervisor: string,
  argv: readonly string[],
  umbrella: readonly string[] = [],
): Init {
  const [program = '', ...words] = [...umbrella, supervisor, ...argv];
  const child: ReadableProcess = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => void lines.push(line));
  const exited = once(child, 'exit');
  return {
    process: child,
    lines,
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export interface PlayedInit extends Init {
  /** The agent that the supervisor has started, or will start, next. */
  nextAgent(): Promise<PlayedAgent>;
}

/** Starts an init whose agents are played by the test, and end with this code when the test ends them. */
export async function startPlayedInit(supervisor: string, exitCode = 0): Promise<PlayedInit> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-init-'));
  const path = join(folder, 'socket');
  const arrivals = collectAgents(createServer().listen(path));
  const init = startInit(supervisor, [process.execPath, relay, path, String(exitCode)]);
  return {
    ...init,
    nextAgent: () => arrivals.next(),
    async [Symbol.asyncDispose]() {
      await init[Symbol.asyncDispose]();
      arrivals.close();
      await rm(folder, { recursive: true });
    },
  };
}

interface Arrivals {
  next(): Promise<PlayedAgent>;
  close(): void;
}

/** Agents in the order in which they come. */
function collectAgents(server: Server): Arrivals {
  const come: PlayedAgent[] = [];
  const awaited: ((agent: PlayedAgent) => void)[] = [];
  const arrive = (agent: PlayedAgent) => {
    const resolve = awaited.shift();
    if (resolve === undefined) come.push(agent);
    else resolve(agent);
  };
  server.on('connection', (socket) => {
    void readPid(socket).then((pid) => arrive(new PlayedAgent(socket, pid)));
  });
  const next = () => {
    const agent = come.shift();
    return agent === undefined
      ? new Promise<PlayedAgent>((resolve) => void awaited.push(resolve))
      : Promise.resolve(agent);
  };
  return { next, close: () => server.close() };
}

/** The first line of a relay. */
async function readPid(socket: Socket): Promise<number> {
  socket.on('error', () => undefined);
  const piece = await new Promise<unknown>((resolve) => void socket.once('data', resolve));
  if (!Buffer.isBuffer(piece)) throw new Error('a relay that says nothing');
  const end = piece.indexOf('\n');
  if (end + 1 < piece.length) socket.unshift(piece.subarray(end + 1));
  return Number(piece.subarray(0, end));
}
