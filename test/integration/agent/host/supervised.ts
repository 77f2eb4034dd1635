import { fileURLToPath } from 'node:url';
import { createSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';
import { startHelper } from '../../../../src/agent/host/supervised/start-helper.ts';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';

const path = fileURLToPath(
  new URL(`../../../../build/supervisor/supervisor-${process.arch}`, import.meta.url),
);

/** A host with a supervisor of its own. */
export function startSupervised(): ProcessHost {
  return createSupervisedProcessHost(startHelper(path));
}
