import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSearchPath } from '../../../../src/agent/detect/search-path.ts';
import { folderWith } from '../../../support/folder.ts';

test('folders come in the order of PATH, once each, and only those that are there', async () => {
  const root = folderWith({ 'a/x': '', 'b/y': '' });
  const path = [join(root, 'b'), join(root, 'missing'), 'relative', join(root, 'a'), join(root, 'b')].join(
    ':',
  );
  expect(await readSearchPath(path)).toEqual([
    { path: join(root, 'b'), names: ['y'] },
    { path: join(root, 'a'), names: ['x'] },
  ]);
});

test('an empty PATH means the usual places', async () => {
  const folders = await readSearchPath('');
  expect(folders).toEqual(await readSearchPath('/usr/local/bin:/usr/bin:/bin'));
});

test('shims give way to the chosen version; the other versions come last', async () => {
  const root = folderWith({
    'pyenv/shims/python3': '',
    'pyenv/version': '3.9.18\n',
    'pyenv/versions/3.9.18/bin/python3': '',
    'pyenv/versions/3.12.1/bin/python3': '',
    'pyenv/versions/3.10.13/bin/python3': '',
    'bin/python3': '',
  });
  const folders = await readSearchPath(`${join(root, 'pyenv/shims')}:${join(root, 'bin')}`);
  expect(folders.map(({ path }) => path.slice(root.length + 1))).toEqual([
    'pyenv/versions/3.9.18/bin',
    'bin',
    'pyenv/versions/3.12.1/bin',
    'pyenv/versions/3.10.13/bin',
  ]);
});

test('a folder of shims without versions beside it is a folder like any other', async () => {
  const root = folderWith({ 'shims/python3': '' });
  expect(await readSearchPath(join(root, 'shims'))).toEqual([
    { path: join(root, 'shims'), names: ['python3'] },
  ]);
});
