import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderChecks } from '../../../../../src/agent/doctor/checks/folders.ts';
import { examine } from '../../../../../src/agent/doctor/examine.ts';
import { folderWith } from '../../../../support/folder.ts';

test('folders are judged by what can be done with them', async () => {
  const folder = folderWith({ 'packs/core/pack.yaml': '' });
  const checks = folderChecks({
    packsDirectory: join(folder, 'packs'),
    temporaryDirectory: folder,
    spoolDirectory: join(folder, 'not/there/yet'),
    artifactsDirectory: '/proc/attune',
    runtimeEnvironmentsDirectory: '/dev/null/environments',
    packsCacheDirectory: undefined,
  });
  expect(await examine(checks, 1)).toMatchObject([
    { check: 'packs', status: 'ok' },
    { check: 'temp', status: 'ok', message: expect.stringContaining(`${folder} can be written`) as unknown },
    { check: 'spool', status: 'ok', message: expect.stringContaining('and will be made') as unknown },
    {
      check: 'artifacts',
      status: 'warning',
      fix: expect.stringContaining('ATTUNE_ARTIFACTS_DIR') as unknown,
    },
    {
      check: 'packs cache',
      status: 'ok',
      message: expect.stringContaining(join(folder, 'attune-packs')) as unknown,
    },
    {
      check: 'environments',
      status: 'warning',
      fix: expect.stringContaining('ATTUNE_RUNTIME_ENVS_DIR') as unknown,
    },
  ]);
});

test.each([
  ['are not there are fetched', '/nonexistent/packs', 'ok', 'packs are fetched'],
  ['can not be read keep the agent from working', '/dev/null', 'failure', "can't be read"],
])('packs that %s', async (_, packsDirectory, status, message) => {
  const folders = {
    packsDirectory,
    temporaryDirectory: '/tmp',
    spoolDirectory: '/tmp',
    artifactsDirectory: '/tmp',
    runtimeEnvironmentsDirectory: '/tmp',
    packsCacheDirectory: '/tmp',
  };
  const [packs] = await examine(folderChecks(folders), 1);
  expect(packs).toMatchObject({ status, message: expect.stringContaining(message) as unknown });
});
