import { randomBytes } from 'node:crypto';
import type { WorkerRegistration } from '../../contract/worker.ts';
import { buildInfo } from '../../shared/build-info.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import type { Detected } from '../detect/detect.ts';
import { offeredRuntimes } from '../detect/offered.ts';
import type { agentSettings } from '../settings.ts';

/** What the worker says of itself when it registers: what was detected, and what its settings say. */
export function describeWorker(
  detected: Detected,
  name: string,
  config: Configuration<typeof agentSettings>,
): WorkerRegistration {
  const { version, commit, architecture } = buildInfo();
  return {
    name,
    pool: config.workerPool,
    slots: config.concurrency ?? Math.max(1, Math.floor(detected.container.cpus)),
    capabilities: { ...detected.container, runtimes: [...detected.runtimes], labels: config.workerLabels },
    runtimes: offeredRuntimes(detected),
    agent: { version, commit, architecture },
  };
}

/** The name of a worker that has none: two agents on one host must not take each other's. */
export function nameAfter(host: string): string {
  const plain = host.replaceAll(/[^A-Za-z0-9_.+-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'worker';
  return `${plain}-${randomBytes(2).toString('hex')}`;
}
