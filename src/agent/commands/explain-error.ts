import { AttuneError, describeError } from '../../shared/errors.ts';
import { errorCodeOf } from './exit-code.ts';

/** An error for a person: its message, its code, and a line for each thing wrong that the message does not name. */
export function explainError(error: unknown): string {
  const message = describeError(error);
  const violations = error instanceof AttuneError ? error.violations : [];
  const unnamed = violations.filter(({ path }) => !message.includes(path));
  const lines = unnamed.map((violation) => `\n  ${violation.path}: ${violation.message}`);
  return `${message} (${errorCodeOf(error)})${lines.join('')}`;
}
