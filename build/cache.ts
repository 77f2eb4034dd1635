import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from './paths.ts';

const directory = join(root, '.cache', 'build');
const MINUTE = 60_000;

/**
 * Returns the path of a file or folder that depends on nothing but its key; makes it if it is not there yet. The file appears
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
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await produce(unfinished);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  forgetOthers(name, path);
  return path;
}

/** Puts a file at a second place, without ever showing half of it there; without copying it where that can be. */
export function publish(path: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.${randomUUID()}`;
  try {
    linkSync(path, unfinished);
  } catch {
    // Another file system, or one without links.
    copyFileSync(path, unfinished);
  }
  renameSync(unfinished, target);
  rmSync(unfinished, { force: true });
}

/** Forgets everything, and thereby that anything is up to date. */
export function clearCache(): void {
  rmSync(directory, { recursive: true, force: true });
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

/**
 * Removes older results, and what a killed build left behind; not the newest, which a build beside this one may be using.
 */
function forgetOthers(name: string, kept: string): void {
  for (const entry of readdirSync(directory)) {
    const path = join(directory, entry);
    const [, rest] = new RegExp(`^${name}-[0-9a-f]{16}(.*)$`).exec(entry) ?? [];
    if (rest === undefined || path === kept) continue;
    const finished = rest === '';
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > (finished ? MINUTE : 60 * MINUTE)) rmSync(path, { recursive: true, force: true });
  }
}
