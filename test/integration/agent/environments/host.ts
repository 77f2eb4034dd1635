import { fileURLToPath } from 'node:url';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { startHelper } from '../../../../src/agent/host/supervised/start-helper.ts';
import { openSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';

const supervisor = fileURLToPath(
  new URL(`../../../../build/supervisor/supervisor-${process.arch}`, import.meta.url),
);

/** A host with a supervisor of its own, which dies with this process. */
export function startSupervised(): Promise<ProcessHost> {
  return openSupervisedProcessHost(startHelper(supervisor), {
    silenceMilliseconds: 0,
    stopMilliseconds: 0,
  });
}
