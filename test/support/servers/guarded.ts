import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Guarded {
  readonly command: readonly string[];
  /** Removed when the server has ended. */
  readonly folder: string;
  /** What ends the server at once. */
  readonly signal: NodeJS.Signals;
  readonly user: User | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

const guardian = fileURLToPath(new URL('guardian.ts', import.meta.url));

/**
 * Starts a server under a guardian that ends it with this process, and waits until `ready` answers true.
 * @returns how to stop it; resolves when the server is gone and its folder removed
 */
export async function startGuarded(
  guarded: Guarded,
  ready: () => Promise<boolean>,
): Promise<() => Promise<void>> {
  const { environment, ...plan } = guarded;
  const guard = spawn(process.execPath, [guardian, JSON.stringify(plan)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  guard.stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2000)));
  const ended = once(guard, 'exit');
  const stop = async () => {
    guard.stdin.end();
    await ended;
  };
  const deadline = Date.now() + 60_000;
  while (!(await ready().catch(() => false))) {
    if (guard.exitCode !== null) throw new Error(`${plan.command[0]} ended: ${output}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`${plan.command[0]} was not ready within a minute: ${output}`);
    }
    await delay(50);
  }
  return stop;
}

/** A new empty folder that `user` may write. */
export function temporaryFolder(prefix: string, user: User | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** As root, the first of the named users that exists, because many servers refuse root; else `undefined`: ourselves. */
export function unprivilegedUser(...names: string[]): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of names) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // This one is not on the machine.
    }
  }
  throw new Error(`none of the users ${names.join(', ')} exists`);
}

/** The full path of a program on PATH; an absolute path stands for itself. */
export function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => resolve(folder, program)).find((path) => existsSync(path));
}

/** A TCP port of loopback that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
