import { jsonValue, type JsonValue, type ParameterDefinition } from '../../contract/parameter-schema.ts';

type ParameterType = Exclude<ParameterDefinition['type'], readonly unknown[] | undefined>;

/**
 * The value that a text means for a parameter of this definition: `3` is a number where a number is asked for and a string
 * where a string is. A text that fits none of the types stays a string, for the server to refuse with its reason.
 */
export function typed(text: string, definition: ParameterDefinition | undefined): JsonValue {
  const types = [definition?.type ?? 'string'].flat();
  if (types.includes('string')) return text;
  for (const type of types) {
    const value = readings[type](text);
    if (value !== undefined) return value;
  }
  return text;
}

const readings: Readonly<Record<ParameterType, (text: string) => JsonValue | undefined>> = {
  string: (text) => text,
  integer: numeral,
  number: numeral,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  null: (text) => (text === 'null' || text === '' ? null : undefined),
  object: (text) => jsonStarting('{', text),
  array: (text) => jsonStarting('[', text),
  any: (text) => text,
};

function numeral(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function jsonStarting(bracket: string, text: string): JsonValue | undefined {
  if (!text.trimStart().startsWith(bracket)) return undefined;
  try {
    return jsonValue.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
