import { expect, test } from 'vitest';
import { openPack } from '../../../src/packs/open-pack.ts';
import { openTests, readPackTests } from '../../../src/packs/pack-tests.ts';
import type { Content } from '../../support/folder.ts';
import { shellPack } from '../../support/packs.ts';

async function packWith(files: Readonly<Record<string, Content>>) {
  return openPack(shellPack('', '', files));
}

const two = `
- name: one
  action: act
- {name: two, action: demo.act, parameters: {a: [1]}, timeout: 2, expect: {stdout: {contains: x}}}
`;

test('tests are read with the actions that they are about, and where they stand', async () => {
  const tests = await openTests(await packWith({ 'tests/a.yaml': two, 'tests/deep/no.yaml': '{' }));
  expect(tests).toMatchObject([
    { name: 'one', parameters: {}, expect: {}, definition: { ref: 'demo.act' }, place: 'tests/a.yaml:2:3' },
    {
      name: 'two',
      parameters: { a: [1] },
      timeout: 2,
      expect: { stdout: { contains: ['x'], matches: [] } },
      definition: { ref: 'demo.act' },
      place: 'tests/a.yaml:4:3',
    },
  ]);
});

test('every problem has its place', async () => {
  const pack = await packWith({
    'tests/a.yaml': two,
    'tests/b.yaml': '- {name: one, action: wave}\n',
    'tests/c.yaml':
      '- name: x\n  action: act\n  expect:\n    stdot: {contains: x}\n    stdout: {matches: "("}\n',
    'tests/d.yaml': 'name: x\n',
    'tests/e.yaml': '- name: [\n',
  });
  const { violations, tests } = await readPackTests(pack, pack);
  expect(violations.map(({ path, message }) => `${path} ${message}`)).toEqual([
    'tests/c.yaml:5:14 expect.stdout.matches.0: must be a regular expression',
    'tests/c.yaml:3:3 expect: Unrecognized key: "stdot"',
    'tests/d.yaml:1:1 must be a list of tests',
    expect.stringContaining('tests/e.yaml:2:1 '),
    'tests/b.yaml:1:15 action: the pack has no action "wave"',
    'tests/b.yaml:1:4 name: "one" is already that of tests/a.yaml:2:3',
  ]);
  expect(tests.map(({ name }) => name)).toEqual(['one', 'two']);
  await expect(openTests(pack)).rejects.toMatchObject({ code: 'invalid_pack', violations: { length: 6 } });
});

test('tests are chosen by their name, or that of their action', async () => {
  const pack = await packWith({ 'tests/a.yaml': two });
  const chosen = async (only: string) => (await openTests(pack, only)).map(({ name }) => name);
  expect(await chosen('tw')).toEqual(['two']);
  expect(await chosen('demo.act')).toEqual(['one', 'two']);
  await expect(chosen('three')).rejects.toThrow(
    'No test of the pack demo has "three" in its name; there are "one", "two"',
  );
});

test('a pack without tests has none to run', async () => {
  await expect(openTests(await packWith({}))).rejects.toThrow('The pack demo has no tests');
});
