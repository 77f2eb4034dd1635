import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { startHelper } from '../../../../src/agent/host/supervised/start-helper.ts';
import { createSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';

const path = fileURLToPath(
  new URL(`../../../../build/supervisor/supervisor-${process.arch}`, import.meta.url),
);

/** A host with a supervisor of its own. */
export function startSupervised(): ProcessHost {
  return createSupervisedProcessHost(startHelper(path));
}

/** A supervisor without a host, to be spoken to as nobody should, and how it ends: its exit code and signal. */
export function startRawSupervisor(): { readonly socket: Socket; readonly exited: Promise<unknown[]> } {
  const child = spawn(path, [], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error('the supervisor has no socket');
  return { socket, exited: once(child, 'exit') };
}
