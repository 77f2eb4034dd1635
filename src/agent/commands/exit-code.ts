import { AttuneError } from '../../shared/errors.ts';

/** What only another command line or another configuration can mend. */
const wrongUse = new Set(['invalid_arguments', 'invalid_configuration', 'invalid_hints', 'database_missing']);

/** The exit code that an error ends the agent with: 2 for wrong use, else 1. */
export function exitCodeOf(error: unknown): number {
  return wrongUse.has(errorCodeOf(error)) ? 2 : 1;
}

/** The stable code that stands beside the words. */
export function errorCodeOf(error: unknown): string {
  return error instanceof AttuneError ? error.code : 'internal_error';
}
