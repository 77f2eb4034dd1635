import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { onPath } from '../../../support/servers/guarded.ts';

export const wrapper = join(import.meta.dirname, '../../../../docker/attune-agent-wrapper.sh');
export const token = 'a-token-for-downloads';

/** Shells as their command lines begin. */
export const shells: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash'],
  'BusyBox ash': ['busybox', 'ash'],
};

/** Programs that can download: what must be there for each, and by which name the script finds it. */
const tools: Readonly<Record<string, { readonly name: string; readonly program: string }>> = {
  curl: { name: 'curl', program: 'curl' },
  wget: { name: 'wget', program: 'wget' },
  'BusyBox wget': { name: 'wget', program: 'busybox' },
  python: { name: 'python3', program: '/usr/bin/python3' },
  perl: { name: 'perl', program: 'perl' },
  node: { name: 'node', program: process.execPath },
};

/** The names of those that this machine has. */
export function availableTools(): string[] {
  return Object.entries(tools)
    .filter(([, { program }]) => requires(program))
    .map(([tool]) => tool);
}

/** What every image with a shell has. */
const common =
  'mkdir mv cp rm wc mktemp dd chmod id ls cat tail uname sleep sha256sum gzip mount umount'.split(' ');

export interface Run {
  readonly shell?: readonly string[];
  /** One of `availableTools`. */
  readonly tool?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the script where there are no programs but the most common ones and one that downloads. */
export function startWrapper({ shell = ['sh'], tool, environment = {}, words = [] }: Run): {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
} {
  const programs = folderWith({});
  for (const one of common) symlinkSync(onPath(one) ?? '/nowhere', join(programs, one));
  const { name, program: downloader } = tools[tool ?? ''] ?? {};
  if (name !== undefined && downloader !== undefined)
    symlinkSync(onPath(downloader) ?? downloader, join(programs, name));
  const [program = '', ...first] = shell;
  const child = spawn(onPath(program) ?? program, [...first, wrapper, ...words], {
    env: {
      PATH: programs,
      ATTUNE_AGENT_TOKEN: token,
      ATTUNE_AGENT_TIMEOUT: '2',
      ATTUNE_AGENT_ATTEMPTS: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr]) => ({ status: child.exitCode, signal: child.signalCode, stdout, stderr }),
  );
  return { process: child, ended };
}

export function runWrapper(run: Run): Promise<Ended> {
  return startWrapper(run).ended;
}
