import { accessSync, constants, statSync } from 'node:fs';
import { mountOf } from '../../files/mount-of.ts';
import { failure, ok, warning, type Check } from '../finding.ts';

/** What the agent needs of the container before anything else: its own file, /proc and /dev/null. */
export function fileChecks(executable: string): Check[] {
  return [
    { name: 'file', examine: () => examineFile(executable) },
    { name: '/proc', examine: examineProc },
    { name: '/dev/null', examine: examineNull },
  ];
}

/** It runs, so it can be executed; but the next container that gets it may not be able to. */
function examineFile(executable: string) {
  const mount = mountOf(executable);
  if (mount === undefined)
    return warning(
      `${executable} is not there any more, or its mount can't be seen`,
      'do not remove the file of a running agent: a worker that starts again needs it',
    );
  const kind = mount.options.has('ro') ? 'read-only' : 'writable';
  if (mount.options.has('noexec'))
    return failure(`${executable} lies on a noexec mount (${mount.point})`, 'mount it without noexec');
  return ok(`${executable}, executable, on a ${kind} mount (${mount.point})`);
}

function examineProc() {
  return mountOf('/proc')?.type === 'proc'
    ? ok('mounted')
    : failure('/proc is not mounted', 'start the container with a proc file system at /proc');
}

function examineNull() {
  try {
    accessSync('/dev/null', constants.R_OK | constants.W_OK);
    if (statSync('/dev/null').isCharacterDevice()) return ok('a device');
  } catch {
    // As below.
  }
  return failure(
    '/dev/null is no device that can be read and written',
    'start the container with a usual /dev',
  );
}
