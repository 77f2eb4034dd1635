import { expect, test } from 'vitest';
import { checkPack } from '../../../src/packs/check-pack.ts';
import { folderWith } from '../../support/folder.ts';
import { shellPack } from '../../support/packs.ts';

test('a good pack: what is in it', async () => {
  const checked = await checkPack(shellPack('', '', { 'tests/a.yaml': '- {name: x, action: act}\n' }));
  expect(checked).toMatchObject({
    pack: { definition: { ref: 'demo' } },
    tests: 1,
    problems: [],
    warnings: [],
  });
});

test('files, definitions and tests are looked at in one go, and warned about beside', async () => {
  const folder = shellPack('', 'timeout: soon\n', {
    link: { link: '/etc/passwd' },
    'actions/moon.yaml': 'ref: demo.moon\nentry_point: act.sh\nrunner_type: moonscript\n',
    'tests/a.yaml': '- {name: x, action: act, timeot: 1}\n- {name: y, action: act}\n',
    'tests/b.yaml': '- {name: z, action: act}\n',
  });
  const { problems, warnings } = await checkPack(folder);
  expect(problems.map(({ path }) => path)).toEqual(['link', 'actions/act.yaml:3:1', 'tests/a.yaml:1:3']);
  expect(warnings.map(({ path }) => path)).toEqual(['actions/moon.yaml:3:1']);
});

test('a folder that is no pack', async () => {
  const { pack, problems } = await checkPack(folderWith({ 'readme.md': '' }));
  expect({ pack, problems }).toEqual({
    pack: undefined,
    problems: [{ path: 'pack.yaml', message: expect.stringContaining('is missing') as unknown }],
  });
});

test('one field that is wrong does not hide what else is', async () => {
  const { problems, warnings } = await checkPack(
    folderWith({
      'pack.yaml': 'ref: demo\n',
      'actions/act.yaml':
        'ref: demo.act\nentry_point: none.sh\ntimeout: soon\nextra: 1\nruntime_version: newest\n',
    }),
  );
  expect(problems.map(({ message }) => message.split(':')[0])).toEqual([
    'timeout',
    'entry_point',
    'runtime_version',
  ]);
  expect(warnings.map(({ path }) => path)).toEqual(['actions/act.yaml:4:1']);
});
