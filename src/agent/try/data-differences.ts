import type { TestDifference } from '../../contract/pack-test.ts';
import type { JsonObject, JsonValue } from '../../contract/parameter-schema.ts';
import { shorten } from './shorten.ts';

/** More differences of one document help nobody. */
const mostDifferences = 20;

/**
 * Where data are not as they should be, each place by its path: `data.sums[2].value`.
 * @param extent `part`: objects may hold fields that are not expected, at any depth; lists are compared whole, item by item
 */
export function differencesOfData(
  expected: JsonValue,
  actual: JsonValue,
  extent: 'whole' | 'part',
): TestDifference[] {
  return [...compare({ path: 'data', expected, actual }, extent)].slice(0, mostDifferences);
}

interface Pair {
  readonly path: string;
  /** Undefined: there should be nothing. */
  readonly expected: JsonValue | undefined;
  readonly actual: JsonValue | undefined;
}

function* compare({ path, expected, actual }: Pair, extent: 'whole' | 'part'): Generator<TestDifference> {
  const pairs = pairsOf(path, expected, actual, extent);
  if (pairs !== undefined) for (const pair of pairs) yield* compare(pair, extent);
  else if (expected !== actual) yield { field: path, expected: describe(expected), actual: describe(actual) };
}

/** What two objects, or two lists, hold at the same places; undefined where these are not two of a kind. */
function pairsOf(
  path: string,
  expected: JsonValue | undefined,
  actual: JsonValue | undefined,
  extent: 'whole' | 'part',
): Pair[] | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const longest = expected.length > actual.length ? expected : actual;
    return longest.map((_, index) => ({
      path: `${path}[${index}]`,
      expected: expected[index],
      actual: actual[index],
    }));
  }
  if (!isObject(expected) || !isObject(actual)) return undefined;
  const names =
    extent === 'part' ? Object.keys(expected) : [...new Set([expected, actual].flatMap(Object.keys))];
  return names.map((name) => ({
    path: `${path}.${name}`,
    expected: memberOf(expected, name),
    actual: memberOf(actual, name),
  }));
}

function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : shorten(JSON.stringify(value));
}
