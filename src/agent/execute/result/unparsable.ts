import type { OutputFormat } from '../../../contract/action.ts';
import { AttuneError } from '../../../shared/errors.ts';

/** stdout is not what `output_format` says. `problem` must not quote the output, which may hold a secret. */
export function unparsable(format: OutputFormat, problem: string): AttuneError {
  return new AttuneError(
    'output_unparsable',
    `stdout is not ${names[format]}, as output_format says: ${problem}. Write logs to stderr, and nothing but the result to stdout`,
  );
}

const names: Record<OutputFormat, string> = { text: 'text', json: 'JSON', jsonl: 'JSON lines', yaml: 'YAML' };
