import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The variable by which every descendant of a job is known, as long as it keeps its environment. */
export const markVariable = 'ATTUNE_EXEC_MARK';

const needle = Buffer.from(`${markVariable}=`);

/** Marks that no other host and no other job has. */
export function createMarks(): () => string {
  const host = randomBytes(12).toString('hex');
  let count = 0;
  return () => `${host}-${(count += 1)}`;
}

/** The mark of a process; `undefined` when it has none, is gone, or belongs to somebody else. */
export function readMark(pid: number): string | undefined {
  const environment = readEnvironment(pid);
  if (environment === undefined) return undefined;
  const start = environment.indexOf(needle);
  if (start === -1) return undefined;
  const end = environment.indexOf(0, start);
  return environment.toString('latin1', start + needle.length, end === -1 ? environment.length : end);
}

function readEnvironment(pid: number): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
}
