import { describe, expect, test } from 'vitest';
import { builtInRuntimes } from '../../../src/contract/built-in-runtimes.ts';
import { aliasesOf, canonicalRuntime, isBuiltInRuntime } from '../../../src/contract/runtime-names.ts';

describe('canonicalRuntime', () => {
  test.each([
    ['python', 'python'],
    ['Python3', 'python'],
    [' Node.js ', 'node'],
    ['core.nodejs', 'node'],
    ['core.node.js', 'node'],
    ['BASH', 'shell'],
    ['Rscript', 'r'],
    ['golang', 'go'],
    ['openjdk', 'java'],
    ['acme.lua', 'lua'],
    ['pwsh', 'powershell'],
    ['lua5.4', 'lua5.4'],
    ['Erlang', 'erlang'],
  ])('%s is %s', (name, canonical) => {
    expect(canonicalRuntime(name)).toBe(canonical);
  });
});

test('every alias leads back to its canonical name', () => {
  for (const [name] of builtInRuntimes) {
    expect(aliasesOf(name).map(canonicalRuntime)).toEqual(aliasesOf(name).map(() => name));
    expect(isBuiltInRuntime(name)).toBe(true);
  }
  expect(isBuiltInRuntime('erlang')).toBe(false);
});
