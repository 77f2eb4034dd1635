/**
 * Runs one server and outlives whoever started it: when standard input closes (the tests are over, or were killed in any
 * way), the server's process group is killed and its folder removed.
 * Usage: node guardian.ts '{"command": [...], "folder": "...", "signal": "SIGKILL", "user": {"uid": 1, "gid": 1}}'
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Guarded } from './guarded.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by guarded.ts, next door
const { command, folder, signal, user } = JSON.parse(process.argv[2] ?? '') as Guarded;
const [program = '', ...args] = command;
const server = spawn(program, args, {
  cwd: folder,
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit'],
  ...user,
});

server.once('error', () => finish(1));
server.once('exit', (code) => finish(code ?? 1));
process.stdin.resume().once('close', () => {
  killGroup(signal);
  setTimeout(killGroup, 5000, 'SIGKILL').unref();
});

function finish(code: number): void {
  killGroup('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  process.exit(code);
}

function killGroup(name: NodeJS.Signals): void {
  try {
    if (server.pid !== undefined) process.kill(-server.pid, name);
  } catch {
    // The group is gone already.
  }
}
