import { AttuneError } from '../../../shared/errors.ts';

/** stdout is not what `output_format` says. `problem` must not quote the output, which may hold a secret. */
export function unparsable(format: string, problem: string): AttuneError {
  return new AttuneError(
    'output_unparsable',
    `stdout is not ${format}, as output_format says: ${problem}. Write logs to stderr, and nothing but the result to stdout`,
  );
}
