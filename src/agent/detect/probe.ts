import { spawn, type ChildProcess } from 'node:child_process';
import type { VerificationCommand } from '../../contract/runtime.ts';
import { containerEnvironment, type Environment } from './environment.ts';

export type ProbeResult =
  | { readonly exitCode: number; readonly output: string }
  /** Why there is no answer, as the end of a sentence whose subject is the command. */
  | { readonly problem: string };

/** Who runs a version command. */
export interface ProbeUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProbeSurroundings {
  /** Of the container. */
  readonly environment: Environment;
  /** Absent: the agent's own user. */
  readonly user?: ProbeUser | undefined;
}

/** Milliseconds that a version command has. Source: DESIGN section 4. */
const limit = 2000;
/** No interpreter needs as many bytes to tell its version. */
const mostOutput = 64 * 1024;
/** Milliseconds that output may trail its process, for a stray child that holds the pipe open. */
const trailing = 100;

/**
 * Runs a version command to its end, in a process group of its own that never outlives it. Never rejects.
 * @returns the exit code and what it printed on both streams (java uses the second one)
 */
export function runProbe(
  file: string,
  { args, input = '' }: Pick<VerificationCommand, 'args' | 'input'>,
  { environment, user }: ProbeSurroundings,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: '/',
      detached: true,
      env: { ...containerEnvironment(environment), LC_ALL: 'C' },
      stdio: 'pipe',
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish({ problem: `did not answer within ${limit / 1000} s` }), limit);

    function finish(result: ProbeResult): void {
      clearTimeout(timer);
      killGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(result);
    }

    function collect(chunk: Buffer): void {
      size += chunk.length;
      if (size > mostOutput) finish({ problem: `printed more than ${mostOutput / 1024} KiB` });
      else chunks.push(chunk);
    }

    function answer(): void {
      if (child.exitCode === null) finish({ problem: `was ended by ${child.signalCode}` });
      else finish({ exitCode: child.exitCode, output: Buffer.concat(chunks).toString() });
    }

    // One that reads nothing may close it.
    child.stdin.on('error', () => undefined).end(input);
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => finish({ problem: `can't be run: ${error.message}` }));
    child.once('close', answer);
    child.once('exit', () => {
      killGroup(child);
      setTimeout(answer, trailing).unref();
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left, as it should be.
  }
}
