import type { Violation } from '../contract/problem.ts';

/** Facts about an error beside its message. */
export interface ErrorFacts {
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Each thing that was wrong with an input. */
  readonly violations?: readonly Violation[];
}

/**
 * The one error class of Attune. `code` is stable (`unknown_action`, `database_unreachable`) and may be matched by
 * programs; the message names what was wrong, where, and the fix, and never holds a secret.
 */
export class AttuneError extends Error {
  override readonly name = 'AttuneError';
  readonly code: string;
  readonly retryable: boolean;
  readonly violations: readonly Violation[];

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.code = code;
    this.retryable = facts.retryable ?? false;
    this.violations = facts.violations ?? [];
  }
}

/** Whether the same call never succeeds until somebody changes something. An error that is not ours may pass. */
export function isFinal(error: unknown): error is AttuneError {
  return error instanceof AttuneError && !error.retryable;
}

/** Any thrown value as one line for a person. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(describeError).join('; ');
  return error.message;
}
