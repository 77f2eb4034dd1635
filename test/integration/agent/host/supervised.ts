import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { startHelper } from '../../../../src/agent/host/supervised/start-helper.ts';
import { openSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';
import { requires } from '../../../support/requires.ts';
import { compileSanitized, type SanitizedSupervisor } from '../../../support/sanitized/supervisor.ts';
import { RawAgent } from './raw-agent.ts';

/** The supervisor as a program. */
export const shippedSupervisor = fileURLToPath(
  new URL(`../../../../build/supervisor/supervisor-${process.arch}`, import.meta.url),
);

/** For ever. */
export const noHurry = { silenceMilliseconds: 0, stopMilliseconds: 0 };

/**
 * Runs tests with the supervisor as it ships, and as the sanitizers of a compiler watch it, who end it at the first wrong step. The program is
 * there when the tests run.
 */
export function describeSupervisors(tests: (supervisor: () => string) => void): void {
  describe('as it ships', () => {
    tests(() => shippedSupervisor);
  });

  describe.skipIf(!requires('sanitizers'))('watched by sanitizers', () => {
    let sanitized: SanitizedSupervisor;
    beforeAll(() => {
      sanitized = compileSanitized();
    });
    afterAll(() => {
      const reports = sanitized.reports();
      sanitized.remove();
      expect(reports).toBe('');
    });
    tests(() => sanitized.path);
  });
}

/** A host with a supervisor of its own. */
export function startSupervised(supervisor = shippedSupervisor): Promise<ProcessHost> {
  return openSupervisedProcessHost(startHelper(supervisor), noHurry);
}

/** A supervisor without a host, to be spoken to as nobody should. */
export interface SilentSupervisor extends AsyncDisposable {
  readonly agent: RawAgent;
  /** Exit code and signal. */
  readonly exited: Promise<unknown[]>;
}

export function startSilentSupervisor(supervisor: string, args: readonly string[] = []): SilentSupervisor {
  const child = spawn(supervisor, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error('the supervisor has no socket');
  const exited = once(child, 'exit');
  return {
    agent: new RawAgent(socket),
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
