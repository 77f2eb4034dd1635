import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { onTestFinished } from 'vitest';

import { firstChildOf, type RunOptions } from './run.ts';

/** A pseudo terminal, and a program for which it is the terminal of its session. */
export interface Terminal {
  readonly pid: number;
  /** Presses keys: `\u0003` is Ctrl-C. */
  type(keys: string): void;
  /** Resolves when this has been shown, as many times as said. What is typed is shown as well. */
  shows(text: string, times?: number): Promise<void>;
  /** All that was shown so far. */
  readonly text: () => string;
  /** As a window that is closed, or a connection that is lost. */
  close(): void;
  /** Resolves with the exit code of the program. */
  readonly exited: Promise<number | null>;
}

/**
 * Starts a command of the shell as the leader of a session with a terminal of its own, by `script` of util-linux. It is closed after
 * the test.
 */
export async function startTerminal(command: string, { environment }: RunOptions = {}): Promise<Terminal> {
  const script = spawn('script', ['-q', '-e', '-f', '-c', `exec ${command}`, '/dev/null'], {
    env: { ...environment, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(script, 'close').then(() => script.exitCode);
  onTestFinished(async () => {
    script.kill('SIGKILL');
    await exited;
  });
  script.stdin.on('error', () => undefined);
  let text = '';
  script.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const shows = async (wanted: string, times = 1) => {
    while (text.split(wanted).length <= times) await once(script.stdout, 'data');
  };
  await once(script, 'spawn');
  let pid = 0;
  while (pid === 0) pid = firstChildOf(script.pid ?? 0);
  return {
    pid,
    type: (keys) => void script.stdin.write(keys),
    shows,
    text: () => text,
    close: () => void script.kill('SIGKILL'),
    exited,
  };
}
