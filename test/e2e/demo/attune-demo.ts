import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished, vi } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { networkVariables } from '../../support/network.ts';

const program = join(import.meta.dirname, '../../../dist/attune.mjs');

export interface RunningDemo {
  readonly process: ChildProcess;
  /** Resolves when it has written this to stderr. */
  says(expected: string | RegExp): Promise<void>;
  readonly ended: Promise<{
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
  /** Files that it has left. */
  files(): string[];
  /** Command lines of the processes that it has left; jobs, and whatever they started, included. */
  processes(): string[];
}

/** Starts the built demo as `npm run demo` does, in a temporary folder of its own, which tells what is left behind. */
export function startDemo(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningDemo {
  const folder = folderWith({});
  // As root, PostgreSQL runs under another account, which must get to its data.
  chmodSync(folder, 0o711);
  const child = spawn(process.execPath, [program, 'demo', ...words], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      TMPDIR: folder,
      ...networkVariables(),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = Promise.all([text(child.stdout), once(child, 'close')]).then(([stdout]) => ({
    status: child.exitCode,
    stdout,
    stderr: said,
  }));
  return {
    process: child,
    ended,
    async says(expected) {
      const hasSaid = () => (typeof expected === 'string' ? said.includes(expected) : expected.test(said));
      await vi.waitUntil(() => hasSaid() || child.exitCode !== null, { timeout: 100_000, interval: 20 });
      if (!hasSaid()) throw new Error(`the demo ended without saying ${expected.toString()}: ${said}`);
    },
    files: () => readdirSync(folder),
    processes: () => processesThatKnow(folder),
  };
}

/** Processes that have the text in their environment or their arguments. */
function processesThatKnow(needle: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      const line = readProcess(pid, 'cmdline');
      return `${line}${readProcess(pid, 'environ')}`.includes(needle) ? [`${pid} ${line}`] : [];
    });
}

function readProcess(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
