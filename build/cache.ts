import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from './paths.ts';

const directory = join(root, '.cache', 'build');

/**
 * Returns the path of a file that depends on nothing but its key; makes it if it is not there yet. The file appears
 * complete or not at all, so that builds may run side by side. Older files of the same name are forgotten.
 */
export async function cached(
  name: string,
  key: string,
  produce: (path: string) => Promise<void> | void,
): Promise<string> {
  const path = join(directory, `${name}-${key.slice(0, 16)}`);
  if (existsSync(path)) return path;
  mkdirSync(directory, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    await produce(unfinished);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  forgetOthers(name, path);
  return path;
}

/** Puts a file at a second place without copying it, and without ever showing half of it there. */
export function publish(path: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  linkSync(path, unfinished);
  renameSync(unfinished, target);
  rmSync(unfinished, { force: true });
}

export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(String(part.length)).update(':').update(part);
  return hash.digest('hex');
}

/** One hash over the names and contents of files and folders. */
export function hashOfTree(...paths: readonly string[]): string {
  return hashOf(
    ...paths.flatMap(filesBelow).flatMap((path) => [path.slice(root.length), readFileSync(path)]),
  );
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch {
    return [path];
  }
}

function forgetOthers(name: string, kept: string): void {
  for (const entry of readdirSync(directory)) {
    const path = join(directory, entry);
    const ofThisName = entry.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1));
    if (ofThisName && path !== kept) rmSync(path, { force: true });
  }
}
