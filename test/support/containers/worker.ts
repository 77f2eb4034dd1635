import { onTestFinished } from 'vitest';

import { followAgent, type TestAgent } from '../agent.ts';
import { docker, startDocker } from '../docker.ts';
import type { Environment } from '../system.ts';
import type { Stack } from './stack.ts';

/** What differs between workers. */
export interface WorkerOptions {
  /** Further words for `docker run`, like `--read-only`. */
  readonly options?: readonly string[];
  readonly environment?: Environment;
}

export interface Worker extends TestAgent {
  readonly name: string;
  /** Milliseconds from `docker run` to the line that says that it consumes. */
  readonly startMilliseconds: number;
  /** The processes in the container, like `S /opt/attune/agent/attune-agent`, without those of the engine. */
  processes(): Promise<string[]>;
  /** `docker stop`. @returns the exit code */
  stop(): Promise<number | null>;
}

let workers = 0;

/** Makes a worker of an image, as a user does: the agent comes by a volume and is the entrypoint. It is gone after the test. */
export async function startWorker(
  image: string,
  stack: Stack,
  { options = [], environment = {} }: WorkerOptions = {},
): Promise<Worker> {
  workers += 1;
  const name = `${stack.network}-worker-${process.pid}-${workers}`;
  const variables = Object.entries({ ...stack.environment, ...environment, ATTUNE_WORKER_NAME: name });
  const start = performance.now();
  const agent = followAgent(
    startDocker([
      'run',
      '--rm',
      `--name=${name}`,
      `--label=${stack.label}`,
      `--network=${stack.network}`,
      `--volume=${stack.agentVolume}:/opt/attune/agent:ro`,
      `--volume=${stack.packsVolume}:/opt/attune/packs:ro`,
      ...variables.map(([variable, value]) => `--env=${variable}=${value}`),
      '--entrypoint=/opt/attune/agent/attune-agent',
      ...options,
      image,
    ]),
  );
  onTestFinished(async () => void (await docker(['rm', '--force', name]).catch(() => undefined)));
  await Promise.race([agent.says('"consuming"'), agent.exited.then(() => failed(agent))]);
  return {
    ...agent,
    name,
    startMilliseconds: performance.now() - start,
    processes: async () => (await docker(['top', name, '-eo', 'pid,stat,args'])).split('\n').slice(1),
    async stop() {
      await docker(['stop', '--time', '30', name]);
      return agent.exited;
    },
  };
}

function failed({ lines }: TestAgent): never {
  throw new Error(`the worker ended: ${lines.join('\n')}`);
}
