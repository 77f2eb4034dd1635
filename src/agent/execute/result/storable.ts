import type { OutputFormat } from '../../../contract/action.ts';
import type { JsonValue } from '../../../contract/parameter-schema.ts';
import { unparsable } from './unparsable.ts';

/** Everything that reads a result walks it recursively; people's documents have some ten levels. */
const deepest = 200;

/**
 * A parsed document as a value that every part of the system can hold: NUL characters and lone surrogates, which PostgreSQL does not take in text,
 * become U+FFFD; numbers that JSON can't write become null.
 * @throws AttuneError `output_unparsable` when it is nested more than 200 levels deep
 */
export function storable(value: unknown, format: OutputFormat): JsonValue {
  return convert(value, format, 0);
}

function convert(value: unknown, format: OutputFormat, depth: number): JsonValue {
  if (depth > deepest) throw unparsable(format, `it is nested more than ${deepest} levels deep`);
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  return typeof value === 'object' && value !== null ? convertObject(value, format, depth + 1) : null;
}

function convertObject(value: object, format: OutputFormat, depth: number): JsonValue {
  if (Array.isArray(value)) return value.map((item: unknown) => convert(item, format, depth));
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]): [string, JsonValue] => [
    storableText(name),
    convert(inner, format, depth),
  ]);
  return Object.fromEntries(entries);
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
