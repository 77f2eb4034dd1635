import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ReadableProcess } from '../agent.ts';

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
  /** The only capabilities that the program and its children can have, like `sys_ptrace`; needs root. */
  readonly capabilities?: readonly string[];
}

/** What a root directory holds beside the program, /proc and /dev. */
export interface RootOptions extends RunOptions {
  /** Leaves /proc empty. */
  readonly withoutProc?: boolean;
  /** Folders of this machine by their place in the root, like `/packs`; nobody can write to them there. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Where links lead, by their place in the root. */
  readonly links?: Readonly<Record<string, string>>;
  /** Nobody can write to the root itself. */
  readonly readOnly?: boolean;
}

export interface Running {
  readonly pid: number;
  /** Resolves when the program has written a whole line to stdout. */
  readonly firstLine: Promise<string>;
  readonly result: Promise<Result>;
}

/** Starts a program with an environment that holds nothing but what is given. */
export function start(program: string, args: readonly string[], options: RunOptions = {}): Running {
  return follow(spawnPlain(program, args, options));
}

/** As `start`, for those who follow the process themselves. */
export function spawnPlain(
  program: string,
  args: readonly string[],
  { environment, uid, capabilities }: RunOptions = {},
): ReadableProcess {
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const [file = '', ...words] = [...bounded(capabilities), program, ...args];
  return spawn(file, words, { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'], ...identity });
}

/** The beginning of a command line, for a program that can have no other capabilities. */
function bounded(capabilities?: readonly string[]): string[] {
  if (capabilities === undefined) return [];
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join();
  return ['/usr/bin/setpriv', `--bounding-set=${set}`, '--inh-caps=-all'];
}

/**
 * Starts a program as process 1 in a root directory that holds the program, /proc and /dev, and nothing else that was not
 * asked for. The process that is returned waits outside; `firstChildOf` finds the one inside.
 */
export function startAlone(program: string, args: readonly string[], options: RootOptions = {}): Running {
  return follow(spawnAlone(program, args, options));
}

/** As `startAlone`, for those who follow the process themselves. */
export function spawnAlone(
  program: string,
  args: readonly string[],
  options: RootOptions = {},
): ReadableProcess {
  const { environment = {}, folders = {}, links = {}, uid = 0, capabilities } = options;
  const root = mkdtempSync(join(tmpdir(), 'attune-root-'));
  chmodSync(root, 0o755);
  for (const name of ['proc', 'dev', ...Object.keys(folders)]) mkdirSync(join(root, name));
  for (const [place, target] of Object.entries(links)) symlinkSync(target, join(root, place));
  copyFileSync(program, join(root, 'program'));

  const namespaces = [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ];
  const script = [...mounts(options), 'shift', 'exec env --ignore-environment "$@"'].join(' && ');
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const entry = [
    ...bounded(capabilities),
    '/usr/sbin/chroot',
    `--userspec=${uid}:${uid}`,
    root,
    '/program',
    ...args,
  ];
  const child = spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', root, ...variables, ...entry], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('close', () => {
    rmSync(root, { recursive: true, force: true });
  });
  return child;
}

/** Commands of a shell whose first argument is the root. */
function mounts({ folders = {}, readOnly, withoutProc }: RootOptions): string[] {
  const bound = Object.entries(folders).map(
    ([place, folder]) => `mount --rbind '${folder}' "$1${place}" && mount -o remount,bind,ro "$1${place}"`,
  );
  return [
    // A mount of its own, so that it can be made read-only.
    'mount --bind "$1" "$1"',
    'mount --rbind /dev "$1/dev"',
    ...(withoutProc === true ? [] : ['mount -t proc proc "$1/proc"']),
    ...bound,
    ...(readOnly === true ? ['mount -o remount,bind,ro "$1"'] : []),
  ];
}

/** What a program wrote as JSON. */
export function parsed(text: string): unknown {
  return JSON.parse(text);
}

export function firstChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0]);
}

function follow(child: ReadableProcess): Running {
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
