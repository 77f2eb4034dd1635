import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Reads nothing, and its output can be read. */
export type ReadableProcess = ChildProcessByStdio<null, Readable, Readable>;

/** An agent as a process of its own. */
export interface TestAgent {
  readonly process: ReadableProcess;
  /** Every line that it wrote so far, to either stream. */
  readonly lines: readonly string[];
  /** Resolves when a line holds the text; of as many lines as `times` says. */
  says(text: string, times?: number): Promise<void>;
  /** Resolves with the exit code, `null` where a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts an agent from the sources and waits for nothing; it is gone after the test. */
export function spawnAgent(
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): TestAgent {
  const main = join(import.meta.dirname, '../../src/agent/main.ts');
  return followAgent(
    spawn(process.execPath, [main, ...flags], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/** Listens to an agent that was started in any way; it is gone after the test. */
export function followAgent(child: ReadableProcess): TestAgent {
  const exited = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener();
    });
  }
  const says = (text: string, times = 1) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (lines.filter((line) => line.includes(text)).length < times) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return { process: child, lines, says, exited };
}

/** Starts an agent and waits until it consumes, or has ended. */
export async function startAgent(environment: Readonly<Record<string, string>>): Promise<TestAgent> {
  return untilConsuming(spawnAgent(environment));
}

/** Waits until an agent consumes, or has ended. */
export async function untilConsuming(agent: TestAgent): Promise<TestAgent> {
  await Promise.race([agent.says('"consuming"'), agent.exited]);
  return agent;
}
