import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface Result {
  /** The exit status, or the name of the signal that ended the process. */
  readonly end: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs as this user; needs root. */
  readonly uid?: number;
  /** Leaves /proc empty. */
  readonly withoutProc?: boolean;
}

export interface Running {
  readonly pid: number;
  /** Resolves when the program has written a whole line to stdout. */
  readonly firstLine: Promise<string>;
  readonly result: Promise<Result>;
}

/** Starts a program with an environment that holds nothing but what is given. */
export function start(program: string, args: readonly string[], options: RunOptions = {}): Running {
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  return follow(
    spawn(program, args, { env: { ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'], ...identity }),
  );
}

/**
 * Starts a program as process 1 in a root directory that holds the program, /proc and /dev, and nothing else.
 * The process that is returned waits outside; `firstChildOf` finds the one inside.
 */
export function startAlone(program: string, args: readonly string[], options: RunOptions = {}): Running {
  const root = mkdtempSync(join(tmpdir(), 'attune-root-'));
  chmodSync(root, 0o755);
  for (const name of ['proc', 'dev']) mkdirSync(join(root, name));
  copyFileSync(program, join(root, 'program'));

  const namespaces = [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ];
  const mountProc = options.withoutProc === true ? '' : 'mount -t proc proc "$1/proc" &&';
  const script = `mount --rbind /dev "$1/dev" && ${mountProc} shift && exec env --ignore-environment "$@"`;
  const variables = Object.entries(options.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  const user = options.uid ?? 0;
  const entry = ['/usr/sbin/chroot', `--userspec=${user}:${user}`, root, '/program', ...args];
  const child = spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', root, ...variables, ...entry], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('close', () => {
    rmSync(root, { recursive: true, force: true });
  });
  return follow(child);
}

/** What a program wrote as JSON. */
export function parsed(text: string): unknown {
  return JSON.parse(text);
}

export function firstChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0]);
}

function follow(child: ChildProcessByStdio<null, Readable, Readable>): Running {
  let stdout = '';
  let stderr = '';
  const { promise: firstLine, resolve } = Promise.withResolvers<string>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.includes('\n')) resolve(stdout.split('\n', 1)[0] ?? '');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const result = once(child, 'close').then(() => ({
    end: child.exitCode ?? child.signalCode,
    stdout,
    stderr,
  }));
  return { pid: child.pid ?? 0, firstLine, result };
}
