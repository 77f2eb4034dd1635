import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import type { ReadableProcess } from './agent.ts';

/**
 * Runs a command of Docker's command line, with `input` on its stdin, and `variables` besides those of this process.
 * @returns what it wrote to stdout, trimmed
 * @throws where it fails, with what it wrote to stderr
 */
export async function docker(words: readonly string[], input = '', variables = {}): Promise<string> {
  const command = spawn('docker', words, { stdio: 'pipe', env: { ...process.env, ...variables } });
  // A command that reads nothing may have ended before.
  command.stdin.once('error', () => undefined).end(input);
  const [stdout, stderr] = await Promise.all([
    text(command.stdout),
    text(command.stderr),
    once(command, 'close'),
  ]);
  if (command.exitCode !== 0) throw new Error(`docker ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Starts a command of Docker's command line that goes on, like `run` without `--detach`. */
export function startDocker(words: readonly string[]): ReadableProcess {
  return spawn('docker', words, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Whether a command succeeds. */
export async function dockerSucceeds(...words: readonly string[]): Promise<boolean> {
  return docker(words).then(
    () => true,
    () => false,
  );
}
