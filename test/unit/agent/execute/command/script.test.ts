import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locateScript } from '../../../../../src/agent/execute/command/script.ts';
import { folderWith, type Content } from '../../../../support/folder.ts';
import { assignmentOf } from './assignment.ts';

function locate(packs: string, entryPoint: string) {
  return locateScript(packs, assignmentOf({ entry_point: entryPoint }));
}

async function codeOf(files: Record<string, Content>, entryPoint: string): Promise<unknown> {
  return locate(folderWith(files), entryPoint).catch(({ code }: { code: unknown }) => code);
}

describe('locateScript', () => {
  test('finds a script in actions, also in a folder below', async () => {
    const packs = folderWith({ 'demo/actions/deep/x.sh': '' });
    expect(await locate(packs, 'deep/x.sh')).toEqual({
      packDirectory: join(packs, 'demo'),
      path: join(packs, 'demo/actions/deep/x.sh'),
    });
  });

  test('follows the link of a pack to the version that it has now', async () => {
    const packs = folderWith({ '.versions/1/actions/x.sh': '', demo: { link: '.versions/1' } });
    expect(await locate(packs, 'x.sh')).toMatchObject({ packDirectory: join(packs, '.versions/1') });
  });

  test('a link inside the pack is followed', async () => {
    const packs = folderWith({ 'demo/lib/x.sh': '', 'demo/actions/x.sh': { link: '../lib/x.sh' } });
    expect(await locate(packs, 'x.sh')).toMatchObject({ path: join(packs, 'demo/lib/x.sh') });
  });

  test.each(['../../other/x.sh', '/etc/passwd', '../..', '../../demo2/x.sh', 'a/../../../x.sh'])(
    '%s leads out of the pack',
    async (entryPoint) => {
      const files = { 'demo/actions/x.sh': '', 'other/x.sh': '', 'demo2/x.sh': '', 'x.sh': '' };
      expect(await codeOf(files, entryPoint)).toBe('entry_point_outside_pack');
    },
  );

  test('so does a link, of the script or of a folder', async () => {
    const outside = { 'secret/x.sh': '' };
    const file = { ...outside, 'demo/actions/x.sh': { link: '../../secret/x.sh' } };
    const folder = { ...outside, 'demo/actions': { link: '../secret' } };
    expect(await codeOf(file, 'x.sh')).toBe('entry_point_outside_pack');
    expect(await codeOf(folder, 'x.sh')).toBe('entry_point_outside_pack');
  });

  test('a script that is not there, a link that leads nowhere, a pack that is not there', async () => {
    expect(await codeOf({ 'demo/pack.yaml': '' }, 'x.sh')).toBe('entry_point_missing');
    expect(await codeOf({ 'demo/actions/x.sh': { link: 'gone' } }, 'x.sh')).toBe('entry_point_missing');
    expect(await codeOf({ 'other/actions/x.sh': '' }, 'x.sh')).toBe('pack_missing');
  });
});
