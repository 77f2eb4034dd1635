import { AttuneError, describeError } from '../shared/errors.ts';
import type { Context } from './context.ts';
import { exitStatus } from './exit-status.ts';
import { paint } from './format/paint.ts';

const usageErrors = new Set(['invalid_arguments', 'invalid_configuration']);

/** Says what went wrong, with every violation on a line of its own. @returns the exit status that stands for it */
export function reportError(error: unknown, { errors }: Context, asJson: boolean): number {
  const described = error instanceof AttuneError ? error : unexpected(error);
  const { code, message, violations } = described;
  if (asJson) errors.write(`${JSON.stringify({ error: { code, message, violations } })}\n`);
  else {
    errors.write(
      `${paint(errors, 'red', 'error:')} ${headline(described)} ${paint(errors, 'gray', `(${code})`)}\n`,
    );
    for (const violation of violations) errors.write(`  ${violation.path}: ${violation.message}\n`);
  }
  if (code === 'server_unreachable') return exitStatus.unreachable;
  return usageErrors.has(code) ? exitStatus.usage : exitStatus.failed;
}

/** The message as far as the violations do not repeat it. */
function headline({ message, violations: [first] }: AttuneError): string {
  const repeated = first === undefined ? -1 : message.indexOf(first.path);
  return repeated > 0 ? message.slice(0, repeated).trimEnd() : message;
}

function unexpected(error: unknown): AttuneError {
  const trace = error instanceof Error ? (error.stack ?? error.message) : describeError(error);
  return new AttuneError('unexpected_error', `This should not have happened: ${trace}`, { cause: error });
}
