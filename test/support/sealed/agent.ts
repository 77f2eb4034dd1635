import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { onTestFinished } from 'vitest';

import { followAgent, type TestAgent, untilConsuming } from '../agent.ts';
import type { Ground } from '../system.ts';
import { firstChildOf, type RootOptions, type RunOptions, spawnAlone, spawnPlain } from './run.ts';

/** The sealed agent, as the build leaves it. */
export const agentFile = join(import.meta.dirname, '../../../dist/attune-agent');

/** The sealed agent for the other architecture, which an emulator runs. */
export const armAgentFile = join(import.meta.dirname, '../../../dist/attune-agent-aarch64');
export const armEmulator = 'qemu-aarch64-static';

/** Starts the sealed agent on this machine, and waits until it consumes or has ended. It is gone after the test. */
export function startSealedAgent(ground: Ground, options: RunOptions = {}): Promise<TestAgent> {
  return startPlainly([agentFile], ground, options);
}

/** As `startSealedAgent`, the one for arm64. */
export function startArmAgent(ground: Ground): Promise<TestAgent> {
  return startPlainly([armEmulator, armAgentFile], ground, {});
}

function startPlainly(
  [program = '', ...args]: readonly string[],
  ground: Ground,
  { environment, ...options }: RunOptions,
): Promise<TestAgent> {
  // Other users must be able to walk to the packs.
  chmodSync(dirname(ground.packs), 0o755);
  const variables = { ...ground.environment, ...environment };
  return untilConsuming(followAgent(spawnPlain(program, args, { ...options, environment: variables })));
}

/** As `startSealedAgent`, as process 1 in a root directory of its own that has the packs at `/packs`. */
export function startAgentAlone(
  ground: Ground,
  { environment, folders, ...options }: RootOptions = {},
): Promise<TestAgent> {
  const child = spawnAlone(agentFile, [], {
    ...options,
    environment: {
      ...ground.environment,
      PATH: '',
      ATTUNE_WORKER_RUNTIMES: '',
      ATTUNE_PACKS_BASE_DIR: '/packs',
      ...environment,
    },
    folders: { '/packs': ground.packs, ...folders },
  });
  const agent = followAgent(child);
  // An init that changed its user does not end with the process outside.
  onTestFinished(() => killInit(agent));
  return untilConsuming(agent);
}

function killInit(agent: TestAgent): void {
  const { exitCode, signalCode } = agent.process;
  const init = exitCode === null && signalCode === null ? initOf(agent) : 0;
  if (init > 0) process.kill(init, 'SIGKILL');
}

/** The process 1 of an agent that was started alone, by its number out here. */
export function initOf({ process: { pid = 0 } }: TestAgent): number {
  return firstChildOf(pid);
}
