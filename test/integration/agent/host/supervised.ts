import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { encodeHello } from '../../../../src/agent/host/supervised/messages.ts';
import { startHelper } from '../../../../src/agent/host/supervised/start-helper.ts';
import { openSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';

/** The supervisor as a program. */
export const supervisor = fileURLToPath(
  new URL(`../../../../build/supervisor/supervisor-${process.arch}`, import.meta.url),
);

/** For ever. */
export const noHurry = { silenceMilliseconds: 0, stopMilliseconds: 0 };

/** A host with a supervisor of its own. */
export function startSupervised(): Promise<ProcessHost> {
  return openSupervisedProcessHost(startHelper(supervisor), noHurry);
}

/** A supervisor without a host, to be spoken to as nobody should, and how it ends: its exit code and signal. */
export function startRawSupervisor(): { readonly socket: Socket; readonly exited: Promise<unknown[]> } {
  const child = spawn(supervisor, [], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error('the supervisor has no socket');
  socket.write(encodeHello(noHurry));
  return { socket, exited: once(child, 'exit') };
}
