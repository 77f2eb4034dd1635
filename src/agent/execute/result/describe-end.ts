import type { TerminalState } from '../../../contract/execution-state.ts';
import type { AttemptError } from '../../../contract/outcome.ts';
import type { EndCause, JobExit } from '../../host/process-host.ts';

/** What a person wants to know of the end beside how the process ended. */
export interface EndFacts {
  /** Seconds that the action had. */
  readonly timeout: number;
  readonly stderrEnd: string;
}

/** An end that is not a success, and why. */
export interface FailedEnd {
  readonly state: Exclude<TerminalState, 'completed'>;
  readonly error: AttemptError;
}

export type AttemptEnd = FailedEnd | { readonly state: 'completed'; readonly error: null };

/** The state that the end of a process leads to, and its reason in words. The first cause decides, whatever the exit code. */
export function describeEnd(exit: JobExit, { timeout, stderrEnd }: EndFacts): AttemptEnd {
  if (exit.cause === 'exited') return describeExit(exit, stderrEnd);
  return describeCause(exit.cause, timeout);
}

/** How an attempt ends that did not end by itself. */
export function describeCause(cause: Exclude<EndCause, 'exited'>, timeout: number): FailedEnd {
  return endings[cause](timeout);
}

const endings: Record<Exclude<EndCause, 'exited'>, (timeout: number) => FailedEnd> = {
  timeout: (timeout) =>
    failedEnd('timeout', 'timeout', `It ran longer than its timeout of ${timeout} s and was ended`),
  cancelled: () => failedEnd('cancelled', 'cancelled', 'It was cancelled'),
  shutdown: () => failedEnd('abandoned', 'worker_stopped', 'Its worker stopped before it was done'),
  fenced: () => failedEnd('abandoned', 'fenced', 'Another attempt or a newer state has taken its place'),
};

function describeExit({ exitCode, lostOutput, signal }: JobExit, stderrEnd: string): AttemptEnd {
  if (lostOutput === 'no_memory')
    return failedEnd('failed', 'output_lost', 'The worker had no memory left to keep its output');
  if (exitCode === 0) return { state: 'completed', error: null };
  const [code, message] =
    signal === null
      ? ['nonzero_exit', `The process ended with exit code ${exitCode}`]
      : ['killed_by_signal', `The process was ended by ${signal}${hints[signal] ?? ''}`];
  return failedEnd('failed', code, withStderr(message, stderrEnd));
}

const hints: Readonly<Record<string, string>> = {
  SIGKILL: ', most likely because the container ran out of memory',
  SIGXCPU: ', because it used more CPU time than ATTUNE_JOB_LIMITS allows (cpu)',
  SIGXFSZ: ', because a file became larger than ATTUNE_JOB_LIMITS allows (fsize)',
};

function withStderr(message: string, stderrEnd: string): string {
  const lines = stderrEnd.trim();
  return lines === '' ? message : `${message}; stderr ends with:\n${lines}`;
}

function failedEnd(state: FailedEnd['state'], code: string, message: string): FailedEnd {
  return { state, error: { code, message } };
}
