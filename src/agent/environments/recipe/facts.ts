import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';

/** By what a program is known: the same file, unchanged, whatever links lead to it. One that is gone is missed when it is to be started. */
export function describeProgram(path: string): string {
  try {
    const real = realpathSync.native(path);
    const { size, mtimeMs } = statSync(real);
    return `${real} ${size} ${mtimeMs}`;
  } catch {
    return `${path} is gone`;
  }
}

/** A digest of a file; `null` where there is none. */
export function contentsOf(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return null;
  }
}

/** Changes with each of the files, whatever links lead to them. Takes microseconds for each. */
export function marksOf(paths: readonly string[]): string {
  return paths.map(markOf).join(' ');
}

function markOf(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? 'gone' : `${facts.dev}:${facts.ino}:${facts.ctimeMs}`;
}
