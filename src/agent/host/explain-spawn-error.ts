import { statSync } from 'node:fs';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { JobSpecification } from './process-host.ts';

/** Shortages that pass when other processes end. */
const shortages = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETXTBSY']);

/** What the system said, turned into what is wrong and how to mend it: an AttuneError `spawn_failed`. */
export function explainSpawnError(specification: JobSpecification, error: unknown): AttuneError {
  const code = errorCode(error);
  return new AttuneError('spawn_failed', explain(specification, code) ?? describeError(error), {
    cause: error,
    retryable: shortages.has(code),
  });
}

function explain({ argv, workingDirectory }: JobSpecification, code: string): string | undefined {
  const [program] = argv;
  const directory = findDirectoryProblem(workingDirectory);
  switch (code) {
    case 'ENOENT':
      if (directory !== undefined) return directory;
      return statSync(program, { throwIfNoEntry: false }) === undefined
        ? `The program ${program} does not exist`
        : `The program ${program} exists, but the interpreter of its first line (#!) or its dynamic loader does not`;
    case 'EACCES':
    case 'EPERM':
      return (
        directory ?? `The program ${program} is not executable: mode, owner or a noexec mount forbids it`
      );
    case 'ENOTDIR':
      return directory ?? `A part of the path ${program} is not a directory`;
    case 'E2BIG':
      return `Arguments and environment of ${program} are larger than the system allows: deliver large parameters by stdin or file`;
    case 'EAGAIN':
    case 'ENOMEM':
      return `The system has no room for another process (${code}): the limit of processes or of memory is reached`;
    case 'EMFILE':
    case 'ENFILE':
      return `The system has no room for more open files (${code})`;
    default:
      return undefined;
  }
}

function findDirectoryProblem(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? undefined : `The working directory ${path} is not a directory`;
  } catch (error) {
    const reason =
      errorCode(error) === 'ENOENT' ? 'does not exist' : `can't be entered (${errorCode(error)})`;
    return `The working directory ${path} ${reason}`;
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
