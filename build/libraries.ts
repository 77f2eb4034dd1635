import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { interpreterPath, neededLibraries } from './elf/needed.ts';

export interface Library {
  readonly name: string;
  readonly path: string;
}

export interface RuntimeLibraries {
  /** ld.so. */
  readonly loader: Library;
  /** Every library that the program needs, directly or through another one, nearest first. */
  readonly libraries: readonly Library[];
}

/** Finds ld.so and all shared libraries of a program in the directories that are given. */
export function findLibraries(program: Buffer, directories: readonly string[]): RuntimeLibraries {
  const interpreter = interpreterPath(program);
  if (interpreter === undefined) throw new Error('the program names no interpreter');
  const loader = basename(interpreter);

  const found = new Map<string, Library>();
  const pending = neededLibraries(program);
  for (const name of pending) {
    if (name === loader || found.has(name)) continue;
    const library = locate(name, directories);
    found.set(name, library);
    pending.push(...neededLibraries(readFileSync(library.path)));
  }
  return { loader: locate(loader, [dirname(interpreter), ...directories]), libraries: [...found.values()] };
}

/** The directories in which this very process found its libraries, then the usual ones of the architecture. */
export function libraryDirectories(): string[] {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const usual = [`/lib/${triplet}`, `/usr/lib/${triplet}`, '/lib64', '/usr/lib64', '/lib', '/usr/lib'];
  return [...new Set([...loadedLibraries().map((path) => dirname(path)), ...usual])];
}

/** The files of the shared libraries that this process runs on. */
export function loadedLibraries(): string[] {
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('sharedObjects' in report)) return [];
  const { sharedObjects } = report;
  if (!Array.isArray(sharedObjects)) return [];
  return sharedObjects.filter((path): path is string => typeof path === 'string' && path.startsWith('/'));
}

function locate(name: string, directories: readonly string[]): Library {
  const path = directories
    .map((directory) => join(directory, name))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`the library ${name} is in none of ${directories.join(', ')}`);
  return { name, path };
}
