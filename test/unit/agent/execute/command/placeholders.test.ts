import * as fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillPlaceholders, fillWords } from '../../../../../src/agent/execute/command/placeholders.ts';

test('fills what it knows and leaves other braces alone', () => {
  expect(fillPlaceholders('{pack_dir}/lib:{other}:{}', { pack_dir: '/p' })).toBe('/p/lib:{other}:{}');
});

test('a text that names something that is not there is none', () => {
  expect(fillPlaceholders('{env_dir}/bin', { env_dir: undefined })).toBeUndefined();
});

test('a value is never read as a placeholder again, and names of Object are none', () => {
  expect(fillPlaceholders('{pack_dir}{constructor}', { pack_dir: '{env_dir}', env_dir: '/e' })).toBe(
    '{env_dir}{constructor}',
  );
});

test('a text without braces stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('{'));
      expect(fillPlaceholders(text, { pack_dir: '/p' })).toBe(text);
    }),
  );
});

test('a word that is the agent stands for its whole command; what names nothing is left out', () => {
  const words = ['{agent}', 'wasm', '--modules={env_dir}', '{action_file}', 'not {agent}'];
  expect(fillWords(words, { env_dir: undefined, action_file: '/p/act.wasm' })).toEqual([
    process.execPath,
    join(import.meta.dirname, '../../../../../src/agent/main.ts'),
    'wasm',
    '/p/act.wasm',
    'not {agent}',
  ]);
});
