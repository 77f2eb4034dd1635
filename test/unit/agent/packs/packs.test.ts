import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPacks, type ProvidedPack } from '../../../../src/agent/packs/packs.ts';
import { folderWith } from '../../../support/folder.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
const versionOf = (digest: string) => `.versions/demo/${digest.slice(0, 16)}`;
const versions = {
  [`${versionOf(one)}/pack.yaml`]: 'one',
  [`${versionOf(two)}/pack.yaml`]: 'two',
  demo: { link: versionOf(two) },
};

function providerOf(folder: string) {
  const packs = createPacks(folder, undefined);
  const waiting = new AbortController();
  return async (digest: string): Promise<ProvidedPack> => packs.provide({ ref: 'demo', digest }, waiting);
}

test('a revision is found among the versions of the volume, whatever the name of the pack leads to', async () => {
  const folder = folderWith(versions);
  const provide = providerOf(folder);
  expect((await provide(one)).folder).toBe(join(folder, versionOf(one)));
  expect((await provide(two)).folder).toBe(join(folder, versionOf(two)));
});

test('another revision than the one that is wanted is not taken for it', async () => {
  const folder = folderWith({ [`${versionOf(two)}/pack.yaml`]: 'two', demo: { link: versionOf(two) } });
  await expect(providerOf(folder)(one)).rejects.toMatchObject({ code: 'pack_missing' });
});

test.each([
  ['a folder', { 'demo/pack.yaml': '' }, 'demo'],
  ['a folder beside versions', { 'demo/pack.yaml': '', '.versions/demo/x/pack.yaml': '' }, 'demo'],
  ['a link to elsewhere', { 'work/pack.yaml': '', demo: { link: 'work' } }, 'work'],
])('%s that somebody put there counts as every revision', async (_, files, found) => {
  const folder = folderWith(files);
  expect((await providerOf(folder)(one)).folder).toBe(join(folder, found));
});

test('a pack that is nowhere is missed, by a code and with the fix', async () => {
  const folder = folderWith({});
  await expect(providerOf(folder)(one)).rejects.toMatchObject({
    code: 'pack_missing',
    message: expect.stringContaining('ATTUNE_PACKS_BASE_DIR') as unknown,
  });
});

test('what lies there is told apart by its mark: the same until something changes', async () => {
  const folder = folderWith({ 'work/pack.yaml': '', 'other/pack.yaml': '', demo: { link: 'work' } });
  const provide = providerOf(folder);
  const first = await provide(one);
  expect(await provide(one)).toMatchObject({ folder: first.folder, mark: first.mark });

  writeFileSync(join(folder, 'work/requirements.txt'), '');
  const edited = await provide(one);
  expect(edited.folder).toBe(first.folder);
  expect(edited.mark).not.toBe(first.mark);

  rmSync(join(folder, 'demo'));
  symlinkSync('other', join(folder, 'demo'));
  expect((await provide(one)).folder).toBe(join(folder, 'other'));
});

test('a folder that becomes a version while it is in use is found there', async () => {
  const folder = folderWith({ 'demo/pack.yaml': '', '.versions/demo/x/pack.yaml': '' });
  const provide = providerOf(folder);
  expect((await provide(one)).folder).toBe(join(folder, 'demo'));
  renameSync(join(folder, 'demo'), join(folder, versionOf(one)));
  symlinkSync('.versions/demo/x', join(folder, 'demo'));
  expect((await provide(one)).folder).toBe(join(folder, versionOf(one)));
  await expect(provide(two)).rejects.toMatchObject({ code: 'pack_missing' });
});
