import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { VerificationCommand } from '../../contract/runtime.ts';
import type { Folder } from './search-path.ts';

/** A file that may be an interpreter, and the command that tells. */
export interface Candidate {
  /** As it was found, because a venv or busybox goes by the name by which it is called. */
  readonly path: string;
  /** Where its links lead to. */
  readonly file: string;
  /** The same for every name of one file, hard links included. */
  readonly identity: string;
  readonly command: VerificationCommand;
}

/**
 * Every executable file that the commands could mean, the preferred one first: by priority, then by the order of the folders,
 * then the versioned siblings (`python3.12`). A file that several names lead to comes once for each way of asking it.
 */
export async function findCandidates(
  commands: readonly VerificationCommand[],
  folders: readonly Folder[],
): Promise<Candidate[]> {
  const ordered = commands.toSorted((a, b) => a.priority - b.priority);
  const named = [
    ...ordered.flatMap((command) => pathsNamed(command, folders)),
    ...ordered.flatMap((command) => siblingsOf(command, folders)),
  ];
  const resolved = await Promise.all(named.map(resolveExecutable));
  return distinct(resolved.filter((candidate) => candidate !== undefined));
}

interface Named {
  readonly path: string;
  readonly command: VerificationCommand;
}

function pathsNamed(command: VerificationCommand, folders: readonly Folder[]): Named[] {
  const { binary } = command;
  if (binary.includes('/')) return [{ path: binary, command }];
  return folders
    .filter(({ names }) => names.includes(binary))
    .map(({ path }) => ({ path: join(path, binary), command }));
}

function siblingsOf(command: VerificationCommand, folders: readonly Folder[]): Named[] {
  const { binary } = command;
  if (binary.includes('/')) return [];
  return folders.flatMap(({ path, names }) =>
    names
      .filter((name) => name.startsWith(binary) && versionSuffix.test(name.slice(binary.length)))
      .map((name) => ({ path: join(path, name), command })),
  );
}

/** What follows the name in `python3.12`, `ruby3.2`, `nodejs-20`. */
const versionSuffix = /^[-.]?\d+(\.\d+)*$/;

async function resolveExecutable({ path, command }: Named): Promise<Candidate | undefined> {
  try {
    const file = await realpath(path);
    await access(file, constants.X_OK);
    const facts = await stat(file);
    return facts.isFile() ? { path, file, identity: `${facts.dev}:${facts.ino}`, command } : undefined;
  } catch {
    // A broken link, or a file that this user may not run: not an interpreter for us.
    return undefined;
  }
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const question = JSON.stringify([candidate.identity, candidate.command.args]);
    if (!seen.has(question)) seen.set(question, candidate);
  }
  return [...seen.values()];
}
