import { locateJsonError } from './locate-json-error.ts';
import { unparsable } from './unparsable.ts';

/** @throws AttuneError `output_unparsable` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unparsable('json', describe(text, 1));
  }
}

/**
 * One JSON document a line; blank lines are passed over.
 * @throws AttuneError `output_unparsable`
 */
export function parseJsonLines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [parseLine(line, index + 1)]));
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw unparsable('jsonl', describe(line, number));
  }
}

/** JSON.parse tells the place of few errors, and quotes the text in most. */
function describe(text: string, firstLine: number): string {
  const { offset, problem } = locateJsonError(text);
  const before = text.slice(0, offset).split('\n');
  const line = firstLine + before.length - 1;
  return `${problem} at line ${line}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
