import type { JsonObject, JsonValue } from '../../../contract/parameter-schema.ts';
import { plainText } from './plain-text.ts';
import { undeliverable } from './undeliverable.ts';

/** What can't be taken for shell syntax by a script that sources the document. */
const safeName = /^[A-Za-z0-9_.-]+$/;

/**
 * `name='value'` a line, sorted by name; `'` is written `'\''`, nested objects are flattened with dots, arrays are JSON, null is empty.
 * A string keeps its line breaks, inside its quotes.
 * @throws AttuneError `undeliverable_parameters` for a name that a shell would not take as a name, two that become the same, or a NUL
 */
export function renderDotenv(parameters: JsonObject): string {
  const values = new Map<string, string>();
  for (const [name, value] of flatten(parameters)) {
    if (!safeName.test(name))
      throw undeliverable(name, 'has characters other than letters, digits, "_", "." and "-"', 'dotenv');
    if (values.has(name))
      throw undeliverable(name, 'has the name of another one once it is flattened', 'dotenv');
    if (value.includes('\0')) throw undeliverable(name, 'holds a NUL character', 'dotenv');
    values.set(name, value);
  }
  const lines = [...values].toSorted(byName).map(([name, value]) => `${name}=${quote(value)}\n`);
  return lines.length === 0 ? '\n' : lines.join('');
}

function* flatten(object: JsonObject, prefix = ''): Generator<[string, string]> {
  for (const [name, value] of Object.entries(object)) {
    if (isFilledObject(value)) yield* flatten(value, `${prefix}${name}.`);
    else yield [prefix + name, plainText(value)];
  }
}

function isFilledObject(value: JsonValue): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
