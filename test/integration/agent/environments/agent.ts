import { onTestFinished, vi } from 'vitest';
import type { BuildClient } from '../../../../src/agent/environments/build/build.ts';
import { createEnvironments, type Environments } from '../../../../src/agent/environments/environments.ts';
import type { JobUser } from '../../../../src/agent/host/confinement.ts';
import { startSupervised } from './host.ts';

/** Locks whose holder is dead after half a second. */
const timing = { beat: 50, look: 10, patience: 500 };

/** The environments of an agent of its own. */
export async function agentWith(
  config: { readonly environmentTimeout?: number } = {},
  user?: JobUser,
): Promise<Environments> {
  const host = await startSupervised();
  onTestFinished(() => host.close());
  return createEnvironments({
    host,
    holder: 'worker-1',
    timing,
    confinement: { umask: 0o022, user, nice: 0, limits: [], noNewPrivileges: false },
    config: { environmentTimeout: 60, graceTime: 0.1, outputLimit: 1024, ...config },
  });
}

/** Somebody who wants an environment, and what they read. */
export function client(changes: Partial<BuildClient> = {}) {
  const heard: string[] = [];
  const onWait = vi.fn<BuildClient['onWait']>();
  const wanting: BuildClient = {
    write: (bytes) => void heard.push(Buffer.from(bytes).toString()),
    onWait,
    keys: () => Promise.resolve({}),
    signal: new AbortController().signal,
    ...changes,
  };
  return { ...wanting, onWait, said: () => heard.join('') };
}
