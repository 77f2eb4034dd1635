import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { JobSpecification } from '../process-host.ts';
import { explainSpawnError } from './explain-spawn-error.ts';
import { markVariable } from './mark.ts';
import type { StdinFiles } from './stdin-files.ts';

/** A child that did start. */
export type Leader = ChildProcess & {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
};

/**
 * Starts the first process of a job: leader of a new session and process group, with exactly the given environment and its mark.
 * @throws AttuneError `spawn_failed`
 */
export async function spawnLeader(
  specification: JobSpecification,
  mark: string,
  stdinFiles: StdinFiles,
): Promise<Leader> {
  const stdin =
    specification.stdin.length === 0 ? 'ignore' : (stdinFiles.open(specification.stdin) ?? 'pipe');
  const child = trySpawn(specification, mark, stdin);
  if (!hasStarted(child)) throw explainSpawnError(specification, await firstError(child));
  // A process that closes its stdin early is not an error.
  child.stdin?.on('error', () => undefined).end(specification.stdin);
  return child;
}

function trySpawn(
  specification: JobSpecification,
  mark: string,
  stdin: 'ignore' | 'pipe' | number,
): ChildProcess {
  const { argv, environment, workingDirectory } = specification;
  const [file, ...args] = argv;
  try {
    return spawn(file, args, {
      cwd: workingDirectory,
      env: { ...environment, [markVariable]: mark },
      detached: true,
      stdio: [stdin, 'pipe', 'pipe'],
    });
  } catch (error) {
    throw explainSpawnError(specification, error);
  } finally {
    if (typeof stdin === 'number') closeSync(stdin);
  }
}

function hasStarted(child: ChildProcess): child is Leader {
  return child.pid !== undefined && child.stdout !== null && child.stderr !== null;
}

function firstError(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => void child.once('error', resolve));
}
