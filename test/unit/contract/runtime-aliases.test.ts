import { expect, test } from 'vitest';
import { aliasesIn, ownAliases, resolveRuntime } from '../../../src/contract/runtime-aliases.ts';

const lua = { name: 'Lua', aliases: ['LUA5.4', 'luajit', 'lua'] };

test('every spelling of a definition means its name', () => {
  const aliases = aliasesIn([lua]);
  for (const spelling of ['lua', 'Lua', 'lua5.4', 'luajit', 'acme.lua', ' LuaJIT '])
    expect(resolveRuntime(spelling, aliases)).toBe('lua');
  expect(resolveRuntime('Python3', aliases)).toBe('python');
  expect(resolveRuntime('other', aliases)).toBe('other');
});

test("Attune's own names can't be taken", () => {
  const pypy = { name: 'pypy', aliases: ['py', 'python', 'pypy3'] };
  expect(ownAliases(pypy)).toEqual(['pypy3']);
  expect(resolveRuntime('py', aliasesIn([pypy]))).toBe('python');
});

test('a name wins over an alias, and of two aliases the first name, in whatever order they come', () => {
  const jit = { name: 'luajit', aliases: ['jit'] };
  const other = { name: 'zulu', aliases: ['jit'] };
  for (const definitions of [
    [lua, jit, other],
    [other, jit, lua],
  ]) {
    const aliases = aliasesIn(definitions);
    expect(resolveRuntime('luajit', aliases)).toBe('luajit');
    expect(resolveRuntime('jit', aliases)).toBe('luajit');
  }
});
