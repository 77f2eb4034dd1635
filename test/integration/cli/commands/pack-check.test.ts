import { describe, expect, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { shellPack } from '../../../support/packs.ts';
import { attune } from '../attune.ts';

const odd = { 'actions/moon.yaml': 'ref: demo.moon\nentry_point: act.sh\nrunner_type: moonscript\n' };

describe('attune pack check', () => {
  test('says what is in a good pack', async () => {
    const { status, stdout, stderr } = await attune(['pack', 'check', shellPack('')]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '✔ Pack demo with 1 action, 0 tests\n',
      stderr: '',
    });
  });

  test('names problems and warnings with their places below the folder as it was named', async () => {
    const folder = shellPack('', 'timeout: soon\n', odd);
    const { status, stdout } = await attune(['pack', 'check', folder]);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/\/actions\/act\.yaml:3:1: error: timeout: /),
      '',
      expect.stringMatching(/\/actions\/moon\.yaml:3:1: warning: runner_type: no runtime "moonscript"/),
      '',
      'Pack demo with 1 action, 0 tests: 1 problem, 1 warning',
      '',
    ]);
    expect(status).toBe(1);
  });

  test.each([
    [[], 0],
    [['--strict'], 1],
  ])('warnings alone, with %j: %i', async (words, expected) => {
    expect((await attune(['pack', 'check', shellPack('', '', odd), ...words])).status).toBe(expected);
  });

  test('gives all of it as JSON', async () => {
    const { status, stdout } = await attune(['pack', 'check', shellPack('', 'extra: 1\n'), '--json']);
    expect(JSON.parse(stdout)).toEqual({
      pack: 'demo',
      actions: ['demo.act'],
      runtimes: [],
      tests: 0,
      problems: [],
      warnings: [{ path: 'actions/act.yaml:3:1', message: expect.stringContaining('extra: ') as unknown }],
    });
    expect(status).toBe(0);
  });

  test('says where there is no pack', async () => {
    const { status, stdout } = await attune(['pack', 'check', folderWith({})]);
    expect(stdout).toMatch(/pack\.yaml: error: is missing/);
    expect(status).toBe(1);
  });
});
