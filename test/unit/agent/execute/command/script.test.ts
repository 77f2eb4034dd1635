import { realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createScriptLocator } from '../../../../../src/agent/execute/command/script.ts';
import { markOf } from '../../../../../src/agent/packs/mark.ts';
import { AttuneError } from '../../../../../src/shared/errors.ts';
import { folderWith, type Content } from '../../../../support/folder.ts';
import { assignmentOf } from './assignment.ts';

/** The pack `demo` among others, as it lies there now. */
function demoIn(packs: string) {
  const folder = realpathSync(join(packs, 'demo'));
  return { folder, mark: markOf(folder) };
}

function locate(packs: string, entryPoint: string) {
  return createScriptLocator()(assignmentOf({ entry_point: entryPoint }), demoIn(packs));
}

function codeOf(files: Record<string, Content>, entryPoint: string): unknown {
  try {
    return locate(folderWith(files), entryPoint);
  } catch (error) {
    return error instanceof AttuneError ? error.code : error;
  }
}

describe('createScriptLocator', () => {
  test('finds a script in actions, also in a folder below', () => {
    const packs = folderWith({ 'demo/actions/deep/x.sh': '' });
    expect(locate(packs, 'deep/x.sh')).toEqual({
      packDirectory: join(packs, 'demo'),
      path: join(packs, 'demo/actions/deep/x.sh'),
    });
  });

  test('follows the link of a pack to the version that it has now', () => {
    const packs = folderWith({ '.versions/1/actions/x.sh': '', demo: { link: '.versions/1' } });
    expect(locate(packs, 'x.sh')).toMatchObject({ packDirectory: join(packs, '.versions/1') });
  });

  test('a link inside the pack is followed', () => {
    const packs = folderWith({ 'demo/lib/x.sh': '', 'demo/actions/x.sh': { link: '../lib/x.sh' } });
    expect(locate(packs, 'x.sh')).toMatchObject({ path: join(packs, 'demo/lib/x.sh') });
  });

  test.each(['../../other/x.sh', '/etc/passwd', '../..', '../../demo2/x.sh', 'a/../../../x.sh'])(
    '%s leads out of the pack',
    (entryPoint) => {
      const files = { 'demo/actions/x.sh': '', 'other/x.sh': '', 'demo2/x.sh': '', 'x.sh': '' };
      expect(codeOf(files, entryPoint)).toBe('entry_point_outside_pack');
    },
  );

  test('so does a link, of the script or of a folder', () => {
    const outside = { 'secret/x.sh': '' };
    const file = { ...outside, 'demo/actions/x.sh': { link: '../../secret/x.sh' } };
    const folder = { ...outside, 'demo/actions': { link: '../secret' } };
    expect(codeOf(file, 'x.sh')).toBe('entry_point_outside_pack');
    expect(codeOf(folder, 'x.sh')).toBe('entry_point_outside_pack');
  });

  test('a script that is not there, a link that leads nowhere', () => {
    expect(codeOf({ 'demo/pack.yaml': '' }, 'x.sh')).toBe('entry_point_missing');
    expect(codeOf({ 'demo/actions/x.sh': { link: 'gone' } }, 'x.sh')).toBe('entry_point_missing');
  });

  test('finds the very same again, until something on the way is another', () => {
    const packs = folderWith({
      '.versions/1/actions/x.sh': '',
      '.versions/2/actions/x.sh': '',
      '.versions/2/other/x.sh': '',
      demo: { link: '.versions/1' },
    });
    const locateScript = createScriptLocator();
    const find = () => locateScript(assignmentOf({ entry_point: 'x.sh' }), demoIn(packs));
    const first = find();
    expect(find()).toBe(first);

    rmSync(join(packs, 'demo'));
    symlinkSync('.versions/2', join(packs, 'demo'));
    expect(find().path).toBe(join(packs, '.versions/2/actions/x.sh'));

    renameSync(join(packs, 'demo/actions'), join(packs, 'demo/old'));
    symlinkSync('other', join(packs, 'demo/actions'));
    expect(find().path).toBe(join(packs, '.versions/2/other/x.sh'));

    rmSync(join(packs, 'demo/other/x.sh'));
    expect(find).toThrow('is not there');
    writeFileSync(join(packs, 'x.sh'), '');
    symlinkSync(join(packs, 'x.sh'), join(packs, 'demo/other/x.sh'));
    expect(find).toThrow('leads out of its pack');
  });
});
