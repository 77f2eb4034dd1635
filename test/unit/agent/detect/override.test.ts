import { expect, test } from 'vitest';
import { overrideRuntimes } from '../../../../src/agent/detect/override.ts';

const detected = [
  { name: 'shell', path: '/bin/sh' },
  { name: 'python', version: '3.12.1', path: '/usr/bin/python3' },
  { name: 'python', version: '3.11.2', path: '/usr/bin/python3.11' },
];

test('exactly the named runtimes are advertised, in any spelling and each once', () => {
  expect(overrideRuntimes(detected, ['Python3', 'py'])).toEqual({
    runtimes: detected.slice(1),
    warnings: [],
  });
});

test('one that was not detected is advertised without a version, with a warning', () => {
  const { runtimes, warnings } = overrideRuntimes(detected, ['bash', 'Erlang']);
  expect(runtimes).toEqual([detected[0], { name: 'erlang' }]);
  expect(warnings).toEqual([expect.stringContaining('erlang')]);
});
