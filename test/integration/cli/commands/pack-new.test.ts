import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';
import { scripts } from '../../../../src/cli/pack/new/scripts.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { attune } from '../attune.ts';

/** Compilers keep what they made in the home of the user. */
const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };

/** The interpreter that the first probe of a runtime looks for; none where the agent itself is it. */
function interpreterOf(runtime: string): string | undefined {
  const template = runtimeTemplates.find(({ name }) => name === runtime);
  return template?.distributions.verification?.commands[0]?.binary;
}

describe('attune pack new', () => {
  test('writes a pack, and names its files', async () => {
    const dir = folderWith({});
    const { status, stdout, stderr } = await attune([
      'pack',
      'new',
      'greetings',
      '--dir',
      join(dir, 'packs'),
    ]);
    const files = ['pack.yaml', 'actions/hello.yaml', 'actions/hello.py', 'tests/hello.yaml', 'README.md'];
    const paths = files.map((file) => join(dir, 'packs/greetings', file));
    expect(stdout).toBe(`Pack greetings:\n${paths.map((path) => `  ${path}\n`).join('')}`);
    expect(stderr).toContain(`"attune pack test ${join(dir, 'packs/greetings')}" runs its tests.`);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
    expect(status).toBe(0);
  });

  test('overwrites nothing', async () => {
    const dir = folderWith({ 'greetings/pack.yaml': 'mine' });
    const { status, stderr } = await attune(['pack', 'new', 'greetings', '--dir', dir]);
    expect(stderr).toContain('is there already');
    expect(status).toBe(1);
    expect(readFileSync(join(dir, 'greetings/pack.yaml'), 'utf8')).toBe('mine');
  });

  test.each([
    [['Greetings'], 'The name "Greetings" must be lower-case letters'],
    [['../up'], 'The name "../up" must be lower-case letters'],
    [
      ['greetings', '--runtime', 'cobol'],
      'There is no script to begin with in "cobol"; there is one in python,',
    ],
    [[], "missing required argument 'name'"],
  ])('%j is wrong usage', async (words, message) => {
    const { status, stdout, stderr } = await attune(['pack', 'new', ...words]);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('knows runtimes by their other names', async () => {
    const dir = folderWith({});
    const { stdout } = await attune(['pack', 'new', 'x', '--runtime', 'Node.js', '--dir', dir, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      files: expect.arrayContaining([join(dir, 'x/actions/hello.mjs')]) as unknown,
    });
  });

  test.each(scripts.map(({ runtime }) => runtime))('%s: nothing is wrong with the pack', async (runtime) => {
    const dir = folderWith({});
    await attune(['pack', 'new', 'x', '--runtime', runtime, '--dir', dir]);
    const { stdout } = await attune(['pack', 'check', join(dir, 'x')]);
    expect(stdout).toBe('✔ Pack x with 1 action, 5 tests\n');
  });

  describe.each(scripts.map(({ runtime }) => [runtime, interpreterOf(runtime)] as const))(
    '%s',
    (runtime, interpreter) => {
      test.skipIf(interpreter !== undefined && !requires(interpreter))(
        'the tests of the pack pass',
        async () => {
          const dir = folderWith({});
          await attune(['pack', 'new', 'x', '--runtime', runtime, '--dir', dir]);
          const { stdout } = await attune(['pack', 'test', join(dir, 'x'), '--json'], { environment });
          expect(JSON.parse(stdout)).toMatchObject({ passed: 5, failed: 0, skipped: 0 });
        },
      );
    },
  );
});
