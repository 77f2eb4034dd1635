import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { makeSingleExecutable } from '../../../build/single-executable.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-reproducible-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

test('two builds of one program, in different folders, give the same bytes', async () => {
  const names = Array.from(
    { length: 500 },
    (_, index) => `const property${index} = { key${index}: ${index} };`,
  );
  const input = {
    name: 'sample',
    code: Buffer.from(`${names.join('\n')}\nconsole.log(Object.keys(property7));`),
    assets: { text: 'an asset' },
    node: process.execPath,
    architecture: process.arch,
  };
  const first = await makeSingleExecutable(input, join(directory, 'first'));
  const second = await makeSingleExecutable(input, join(directory, 'second'));
  expect(first.equals(second)).toBe(true);
});
