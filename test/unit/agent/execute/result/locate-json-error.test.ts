import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { locateJsonError } from '../../../../../src/agent/execute/result/locate-json-error.ts';

const brokenJson = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', '"', '}', ']', '{', '[', ',', ':', 'x', '1', '\\', '\n', '-', '.'),
  )
  .map(([json, place, insert]) => {
    const at = place % (json.length + 1);
    return json.slice(0, at) + insert + json.slice(at + 1);
  })
  .filter((text) => reasonOf(text) !== undefined);

test('agrees with JSON.parse about the place, where that tells it', () => {
  fc.assert(
    fc.property(brokenJson, (text) => {
      const { offset } = locateJsonError(text);
      expect(offset).toBeLessThanOrEqual(text.length);
      const told = /at position (\d+)/.exec(reasonOf(text) ?? '')?.[1] ?? Infinity;
      // Within a broken string or number, JSON.parse names the very character and we the beginning.
      expect(offset).toBeLessThanOrEqual(Number(told));
      expect(isBeginning(text.slice(0, offset))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('tells nothing of the text', () => {
  fc.assert(
    fc.property(brokenJson, (text) => {
      expect(locateJsonError(text).problem).toMatch(
        /^(unexpected (character|string|value|"[{}[\],:]")|the text ends too early|a string that .*)$/,
      );
    }),
  );
});

/** Whether what comes before the place was right so far: the only thing wrong with it is that it ends. */
function isBeginning(text: string): boolean {
  const reason = reasonOf(text);
  return reason === undefined || locateJsonError(text).offset === text.length;
}

function reasonOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
