import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { JobSpecification } from '../process-host.ts';
import { explainSpawnError } from './explain-spawn-error.ts';
import { markVariable } from './mark.ts';

/** A child that did start. */
export type Leader = ChildProcessWithoutNullStreams & { readonly pid: number };

/**
 * Starts the first process of a job: leader of a new session and process group, with exactly the given environment and its mark.
 * @throws AttuneError `spawn_failed`
 */
export async function spawnLeader(specification: JobSpecification, mark: string): Promise<Leader> {
  const child = trySpawn(specification, mark);
  if (hasStarted(child)) return child;
  throw explainSpawnError(specification, await firstError(child));
}

function trySpawn(specification: JobSpecification, mark: string): ChildProcessWithoutNullStreams {
  const { argv, environment, workingDirectory } = specification;
  const [file, ...args] = argv;
  try {
    return spawn(file, args, {
      cwd: workingDirectory,
      env: { ...environment, [markVariable]: mark },
      detached: true,
      stdio: 'pipe',
    });
  } catch (error) {
    throw explainSpawnError(specification, error);
  }
}

function hasStarted(child: ChildProcessWithoutNullStreams): child is Leader {
  return child.pid !== undefined;
}

function firstError(child: ChildProcessWithoutNullStreams): Promise<Error> {
  return new Promise((resolve) => void child.once('error', resolve));
}
