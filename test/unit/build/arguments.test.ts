import { expect, test } from 'vitest';

import { readArguments } from '../../../build/arguments.ts';

test('without arguments: everything, for this machine', () => {
  expect(readArguments([], 'x64')).toEqual({
    architecture: 'x64',
    parts: ['agent', 'cli', 'server'],
    quiet: false,
    force: false,
  });
});

test('--only names one part', () => {
  expect(readArguments(['--only', 'cli', '--quiet'], 'x64')).toMatchObject({ parts: ['cli'], quiet: true });
  expect(readArguments(['--only', 'agent', '--force'], 'x64')).toMatchObject({
    parts: ['agent'],
    force: true,
  });
});

test.each([
  [['--arch', 'mips'], '--arch must be x64 or arm64, not mips'],
  [['--only', 'all'], '--only must be agent, cli or server, not all'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, message) => {
  expect(() => readArguments(args, 'x64')).toThrow(message);
});
