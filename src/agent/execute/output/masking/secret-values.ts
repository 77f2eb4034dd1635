import type { JsonObject, JsonValue } from '../../../../contract/parameter-schema.ts';

/** Shorter texts would blank out half of every log. */
const shortestText = 3;
const shortestNumber = 4;

/**
 * What must not be read in any output: of each secret parameter every text of at least 3 characters and every whole
 * number of at least 4 digits, also inside objects and arrays. Shorter ones, other numbers, truth values and the names within an object are not
 * masked, because they would hide more of the log than of the secret.
 * @param names parameters that are secret
 */
export function secretValues(parameters: JsonObject, names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => [...texts(parameters[name])]))];
}

function* texts(value: JsonValue | undefined): Generator<string> {
  if (typeof value === 'string' && value.trim().length >= shortestText) yield value;
  else if (typeof value === 'number' && isLongWhole(value)) yield String(value);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* texts(inner);
  }
}

function isLongWhole(value: number): boolean {
  return Number.isInteger(value) && String(Math.abs(value)).length >= shortestNumber;
}
