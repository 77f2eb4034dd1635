import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { createNodeProcessHost } from './node/node-process-host.ts';
import type { ProcessHost } from './process-host.ts';
import { startHelper } from './supervised/start-helper.ts';
import { createSupervisedProcessHost } from './supervised/supervised-process-host.ts';

/**
 * Chooses who starts and owns the processes of jobs: the supervisor that the sealed file's init is; outside of a sealed file one of our
 * own; without either, Node.
 * @param supervisor the descriptor of the socket to the init, where that is ours
 */
export function createProcessHost(supervisor: number | undefined): ProcessHost {
  if (supervisor !== undefined) return createSupervisedProcessHost(new Socket({ fd: supervisor }));
  const helper = join(import.meta.dirname, `../../../build/supervisor/supervisor-${process.arch}`);
  return !isSea() && existsSync(helper)
    ? createSupervisedProcessHost(startHelper(helper))
    : createNodeProcessHost();
}
