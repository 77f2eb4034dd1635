import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';

/** The variable by which every descendant of a job is known, as long as it keeps its environment. */
export const markVariable = 'ATTUNE_EXEC_MARK';

const needle = Buffer.from(`${markVariable}=`);

/** Marks that no other host and no other job has. */
export function createMarks(): () => string {
  const host = randomBytes(12).toString('hex');
  let count = 0;
  return () => `${host}-${(count += 1)}`;
}

/**
 * The mark of a process; `undefined` when it has none, is gone, or belongs to somebody else; `starting` while it loads a program and its
 * environment can't be read for a moment (or when that is empty for good).
 */
export function readMark(pid: number): string | undefined {
  const environment = readEnvironment(pid);
  if (environment.length === 0) return hasProgram(pid) ? starting : undefined;
  const start = environment.indexOf(needle);
  if (start === -1) return undefined;
  const end = environment.indexOf(0, start);
  return environment.toString('latin1', start + needle.length, end === -1 ? environment.length : end);
}

/** No mark, and none that a job can have. */
export const starting = '';

/** Zombies and threads of the kernel have none. */
function hasProgram(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}

/** One buffer for all reads: a look at every process must not make garbage. It grows with the largest environment met. */
let buffer = Buffer.alloc(16 * 1024);

function readEnvironment(pid: number): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(`/proc/${pid}/environ`, 'r');
    let length = 0;
    for (let count = -1; count !== 0; length += count) {
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(length)]);
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } catch {
    return buffer.subarray(0, 0);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
