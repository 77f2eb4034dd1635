import { expect, test } from 'vitest';
import { listPackFiles } from '../../../src/packs/pack-files.ts';
import { AttuneError } from '../../../src/shared/errors.ts';
import { folderWith, type Content } from '../../support/folder.ts';

const pack = { 'pack.yaml': 'ref: core\n' };

async function violations(folder: string): Promise<unknown> {
  return listPackFiles(folder).then(
    () => [],
    (error: unknown) => (error instanceof AttuneError ? error.violations : error),
  );
}

test('files, folders and links are listed, folders before what they hold', async () => {
  const folder = folderWith({
    ...pack,
    'actions/run': { program: '#!/bin/sh\n' },
    'actions/same': { link: 'run' },
    'lib/a.py': 'x = 1\n',
    '.git/config': '',
    'lib/__pycache__/a.pyc': '',
  });

  expect(await listPackFiles(folder)).toEqual([
    { path: 'actions', kind: 'folder' },
    { path: 'actions/run', kind: 'file', size: 10, executable: true },
    { path: 'actions/same', kind: 'link', target: 'run' },
    { path: 'lib', kind: 'folder' },
    { path: 'lib/a.py', kind: 'file', size: 6, executable: false },
    { path: 'pack.yaml', kind: 'file', size: 10, executable: false },
  ]);
});

test.for<[string, Content, RegExp]>([
  [
    'out of the pack',
    { link: '../../../../../etc/passwd' },
    /actions\/bad: is a link to .*: links must be relative and stay inside the pack$/,
  ],
  ['by an absolute path', { link: '/etc/passwd' }, /actions\/bad: is a link to "\/etc\/passwd"/],
  ['to nothing', { link: 'nowhere' }, /actions\/bad: does not exist, or is a link to nothing$/],
  ['to itself', { link: 'bad' }, /actions\/bad: is a link that leads to itself$/],
])('a link %s', async ([, content, message]) => {
  const folder = folderWith({ ...pack, 'actions/bad': content });

  await expect(listPackFiles(folder)).rejects.toThrow(message);
});

test('a link to the folder that it is in ends nowhere, as links are not followed', async () => {
  const files = await listPackFiles(folderWith({ ...pack, 'lib/again': { link: '.' } }));

  expect(files.map(({ path }) => path)).toEqual(['lib', 'lib/again', 'pack.yaml']);
});

test('a folder that is no pack is not looked into', async () => {
  expect(await violations(folderWith({ 'secret.txt': '', link: { link: '/etc' } }))).toEqual([
    { path: 'pack.yaml', message: 'is missing: a pack is a folder that holds the file pack.yaml' },
  ]);
});

test('what is no folder', async () => {
  const folder = folderWith(pack);

  expect(await violations(`${folder}/pack.yaml`)).toEqual([
    { path: `${folder}/pack.yaml`, message: 'is not a folder: name the folder that holds pack.yaml' },
  ]);
  expect(await violations(`${folder}/gone`)).toEqual([
    { path: `${folder}/gone`, message: 'does not exist, or is a link to nothing' },
  ]);
  expect(await violations('relative/path')).toEqual([
    { path: 'relative/path', message: 'must be an absolute path on the machine of the server' },
  ]);
});

test('more files or bytes than a pack may have', async () => {
  const folder = folderWith({ ...pack, a: 'aaaa', b: 'bbbb' });

  await expect(listPackFiles(folder, { files: 2, bytes: 1000 })).rejects.toThrow('is larger than 2 files');
  await expect(listPackFiles(folder, { files: 10, bytes: 15 })).rejects.toThrow('is larger than 10 files');
});
