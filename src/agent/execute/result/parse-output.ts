import type { OutputFormat } from '../../../contract/action.ts';
import type { JsonValue } from '../../../contract/parameter-schema.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type { Captured } from '../output/collect-output.ts';
import { parseJson, parseJsonLines } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import { storable } from './storable.ts';

const kib = 1024;
/** A longer text is a log, not a result; it stands in the log anyway. */
const longestText = 64 * kib;
/** The YAML parser needs some 100 bytes of memory and 0.3 µs for each byte; the agent has other jobs to see to. */
const longestYaml = kib * kib;

/** How many bytes of stdout are needed to make `data` of it. */
export function captureLimit(format: OutputFormat, outputLimit: number): number {
  if (format === 'text') return Math.min(longestText, outputLimit);
  return format === 'yaml' ? Math.min(longestYaml, outputLimit) : outputLimit;
}

/**
 * stdout as the data of a result. Empty output is null; `text` is null as well when it is longer than 64 KiB.
 * @throws AttuneError `output_truncated` when a document is longer than what was captured, `output_unparsable` with line and
 * column, and never with content
 */
export function parseOutput(format: OutputFormat, { bytes, complete }: Captured): JsonValue {
  if (!complete && format === 'text') return null;
  if (!complete)
    throw new AttuneError(
      'output_truncated',
      `stdout is longer than the ${bytes.length} bytes that are read as ${format}: write less, or write it to a file`,
    );
  const text = new TextDecoder().decode(bytes);
  return text.trim() === '' && format !== 'text' ? null : storable(parsers[format](text), format);
}

const parsers: Record<OutputFormat, (text: string) => unknown> = {
  text: (text) => (text === '' ? null : text),
  json: parseJson,
  jsonl: parseJsonLines,
  yaml: parseYaml,
};
