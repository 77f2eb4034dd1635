import type { JsonValue } from '../../../contract/parameter-schema.ts';

/** A value without quotes of its own: strings as they are, null as empty, all else as JSON. */
export function plainText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
