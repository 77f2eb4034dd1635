import { expect, test } from 'vitest';
import { scripts } from '../../../../../src/cli/pack/new/scripts.ts';
import { builtInRuntimes } from '../../../../../src/contract/built-in-runtimes.ts';

/** They run a program, or a module, that somebody has compiled. */
const withoutScript = new Set<string>(['native', 'wasm']);

test('each runtime of Attune that runs scripts has one to begin with', () => {
  const runtimes = builtInRuntimes.map(([name]) => name).filter((name) => !withoutScript.has(name));
  const known = scripts.map(({ runtime }) => runtime);
  expect(runtimes.filter((name) => !known.includes(name))).toEqual([]);
  expect(new Set(known).size).toBe(known.length);
});
