import { Socket } from 'node:net';
import { join } from 'node:path';
import type { ProcessHost } from './process-host.ts';
import type { Patience } from './supervised/messages.ts';
import { startHelper } from './supervised/start-helper.ts';
import { openSupervisedProcessHost } from './supervised/supervised-process-host.ts';

/**
 * Opens the way to the supervisor, who starts and owns the processes of jobs: the init that the sealed file is; outside of a sealed file
 * one of our own.
 * @param socket descriptor of the socket to the supervisor that started us, where one did
 * @throws AttuneError `spawn_failed`
 */
export function createProcessHost(socket: number | undefined, patience: Patience): Promise<ProcessHost> {
  const helper = join(import.meta.dirname, `../../../build/supervisor/supervisor-${process.arch}`);
  return openSupervisedProcessHost(
    socket === undefined ? startHelper(helper) : new Socket({ fd: socket }),
    patience,
  );
}
