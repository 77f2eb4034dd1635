import { expect, test } from 'vitest';

import { bundledPackages } from '../../../build/licenses.ts';

test('finds the packages of which something is in the bundle, nested and scoped ones too', () => {
  const file = { bytes: 1, imports: [] };
  const metafile = {
    inputs: {
      'src/agent/main.ts': file,
      'node_modules/pino/lib/a.js': file,
      'node_modules/pino/lib/b.js': file,
      'node_modules/@scope/name/index.js': file,
      'node_modules/pino/node_modules/inner/index.js': file,
    },
    outputs: {},
  };
  expect(bundledPackages(metafile)).toEqual([
    'node_modules/@scope/name',
    'node_modules/pino',
    'node_modules/pino/node_modules/inner',
  ]);
});
