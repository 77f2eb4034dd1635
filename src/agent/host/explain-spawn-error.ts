import { statSync } from 'node:fs';
import { AttuneError } from '../../shared/errors.ts';
import { describeLimit, describeUser, type Confinement } from './confinement.ts';
import type { JobSpecification } from './process-host.ts';

/** What the system refused: the code is like `EACCES`; the step is one of those in build/supervisor/protocol.h. */
export interface SpawnFailure {
  readonly code: string;
  readonly step: SpawnStep;
}
export const spawnSteps = [
  'frame',
  'pipes',
  'clone',
  'limits',
  'priority',
  'user',
  'directory',
  'program',
] as const;
export type SpawnStep = (typeof spawnSteps)[number];

/** Shortages that pass when other processes end. */
const shortages: Readonly<Record<string, string>> = {
  EAGAIN: 'another process (EAGAIN): the limit of processes or of memory is reached',
  ENOMEM: 'another process (ENOMEM): the limit of processes or of memory is reached',
  EMFILE: 'more open files (EMFILE)',
  ENFILE: 'more open files (ENFILE)',
};
const retryable = new Set([...Object.keys(shortages), 'ETXTBSY']);

/** What the system said, turned into what is wrong and how to mend it: an AttuneError `spawn_failed`. */
export function explainSpawnError(
  specification: JobSpecification,
  { code, step }: SpawnFailure,
): AttuneError {
  const message =
    explanations[step]?.(specification, code) ??
    explainShortage(code) ??
    `The process can't be started: ${code} (${step})`;
  return new AttuneError('spawn_failed', message, { retryable: retryable.has(code) });
}

type Explain = (specification: JobSpecification, code: string) => string | undefined;

const explanations: Readonly<Partial<Record<SpawnStep, Explain>>> = {
  limits: explainLimits,
  priority: explainPriority,
  user: explainUser,
  directory: explainDirectory,
  program: explainProgram,
};

function explainShortage(code: string): string | undefined {
  const missing = shortages[code];
  return missing && `The system has no room for ${missing}`;
}

function explainLimits({ confinement }: JobSpecification, code: string): string {
  const limits = confinement.limits.map(describeLimit).join(',');
  return `The limits of ATTUNE_JOB_LIMITS can't be set (${code}): ${limits} is more than the agent has, or than the system allows anybody`;
}

function explainPriority({ confinement }: JobSpecification, code: string): string {
  return `The priority of ATTUNE_JOB_NICE (${confinement.nice}) can't be set (${code}): below 0 it needs the capability SYS_NICE`;
}

function explainUser({ confinement: { user } }: JobSpecification, code: string): string | undefined {
  if (user === undefined) return undefined;
  const reason =
    code === 'EINVAL'
      ? 'the user namespace of this container does not have this user, or one of its groups'
      : 'the agent must be root, with the capabilities SETUID and SETGID, in a user namespace that allows setgroups(2)';
  return `The job can't be of user ${describeUser(user)}, as ATTUNE_JOB_USER asks (${code}): ${reason}`;
}

function explainDirectory({ workingDirectory, confinement }: JobSpecification, code: string): string {
  switch (code) {
    case 'ENOENT':
      return `The working directory ${workingDirectory} does not exist`;
    case 'ENOTDIR':
      return `The working directory ${workingDirectory} is not a directory`;
    default:
      return `The working directory ${workingDirectory} can't be entered${byUser(confinement)} (${code})`;
  }
}

function explainProgram({ argv, confinement }: JobSpecification, code: string): string | undefined {
  const [program] = argv;
  switch (code) {
    case 'ENOENT':
      return statSync(program, { throwIfNoEntry: false }) === undefined
        ? `The program ${program} does not exist`
        : `The program ${program} exists, but the interpreter of its first line (#!) or its dynamic loader does not`;
    case 'EACCES':
    case 'EPERM':
      return `The program ${program} is not executable${byUser(confinement)}: mode, owner or a noexec mount forbids it`;
    case 'ENOTDIR':
      return `A part of the path ${program} is not a directory`;
    case 'E2BIG':
      return `Arguments and environment of ${program} are larger than the system allows: deliver large parameters by stdin or file`;
    case 'EAGAIN':
      return explainProcesses(confinement);
    default:
      return undefined;
  }
}

/** The limit of a user's processes is checked when the program begins. */
function explainProcesses({ limits }: Confinement): string | undefined {
  const processes = limits.find(({ resource }) => resource === 'nproc');
  return (
    processes && `The job's user has more processes than ATTUNE_JOB_LIMITS allows (nproc=${processes.soft})`
  );
}

function byUser({ user }: Confinement): string {
  return user === undefined ? '' : ` by user ${describeUser(user)} (ATTUNE_JOB_USER)`;
}
