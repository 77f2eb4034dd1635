import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { AttuneError } from '../../../shared/errors.ts';

/**
 * Starts the supervisor as a child of ours, in a session of its own so that Ctrl-C does not reach it. It lives as long as the
 * returned socket is open.
 * @throws AttuneError `spawn_failed`
 */
export function startHelper(path: string): Socket {
  const child = spawn(path, [], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'], env: {}, detached: true });
  const socket = child.stdio[3];
  child.on('error', () => undefined);
  child.unref();
  if (child.pid !== undefined && socket instanceof Socket) return socket;
  throw new AttuneError('spawn_failed', `The supervisor ${path} can't be started`);
}
