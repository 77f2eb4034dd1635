import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { executionConfig } from '../../../../src/contract/runtime.ts';
import { writeRecipe, type Ingredients } from '../../../../src/agent/environments/recipe/recipe.ts';
import { folderWith } from '../../../support/folder.ts';

const files = { 'requirements.txt': 'a==1', 'constraints.txt': 'b==1', python3: 'a program' };
const configuration = {
  environment: {
    create_command: ['{interpreter}', '-m', 'venv', '{env_dir}'],
    interpreter_path: '{env_dir}/bin/python3',
  },
  dependencies: {
    manifest_file: 'requirements.txt',
    install_command: ['{interpreter}', '-m', 'pip', '{manifest_path}'],
  },
  env_vars: { PIP_HOME: '{env_dir}/home' },
};

function ingredients(changes: Partial<Ingredients> = {}, folder = folderWith(files)): Ingredients {
  return {
    root: '/envs',
    pack: 'demo',
    runtime: 'python',
    version: '3.11.2',
    config: executionConfig.parse(configuration),
    placeholders: {
      pack_dir: folder,
      interpreter: join(folder, 'python3'),
      manifest_path: join(folder, 'requirements.txt'),
    },
    files: [join(folder, 'requirements.txt'), join(folder, 'constraints.txt')],
    variables: { PATH: '/bin' },
    workingDirectory: folder,
    platform: 'x86_64 glibc 2.36',
    ...changes,
  };
}

describe('the name of an environment', () => {
  test('tells runtime and version, and is the same for the same ingredients', () => {
    const given = ingredients();
    const recipe = writeRecipe(given);
    expect(recipe?.name).toMatch(/^python-3\.11\.2-[0-9a-f]{16}$/);
    expect(writeRecipe(given)?.name).toBe(recipe?.name);
  });

  test('does not tell of the pack: another revision with the same dependencies shares it', () => {
    const folder = folderWith(files);
    const [one, other] = [folderWith(files), folderWith(files)].map((pack) => {
      const { placeholders, ...rest } = ingredients({}, pack);
      return writeRecipe({
        ...rest,
        placeholders: { ...placeholders, interpreter: join(folder, 'python3') },
      });
    });
    expect(one?.name).toBe(other?.name);
  });

  test.each<[string, (folder: string) => Partial<Ingredients> | void]>([
    ['the manifest', (folder) => writeFileSync(join(folder, 'requirements.txt'), 'a==2')],
    ['a lock file', (folder) => writeFileSync(join(folder, 'constraints.txt'), 'b==2')],
    ['the interpreter', (folder) => writeFileSync(join(folder, 'python3'), 'another program')],
    ['its time', (folder) => utimesSync(join(folder, 'python3'), 1, 1)],
    ['the C library', () => ({ platform: 'x86_64 musl 1.2.4' })],
    ['the volume', () => ({ root: '/other' })],
    ['a command', () => ({ config: executionConfig.parse({ ...configuration, environment: {} }) })],
    ['a variable', () => ({ config: executionConfig.parse({ ...configuration, env_vars: {} }) })],
    ['the version', () => ({ version: '3.11.3' })],
  ])('changes with %s', (_, change) => {
    const folder = folderWith(files);
    const before = writeRecipe(ingredients({}, folder));
    const changes = change(folder);
    expect(writeRecipe(ingredients(changes ?? {}, folder))?.hash).not.toBe(before?.hash);
  });
});

describe('the commands', () => {
  test('create it with the interpreter of the container, and install with its own', () => {
    const folder = folderWith(files);
    expect(writeRecipe(ingredients({}, folder))?.commandsIn('/e')).toEqual([
      [join(folder, 'python3'), '-m', 'venv', '/e'],
      ['/e/bin/python3', '-m', 'pip', join(folder, 'requirements.txt')],
    ]);
  });

  test('may be one text for a shell, and stand with the environment as the older spelling has it', () => {
    const config = executionConfig.parse({
      environment: { install_command: 'cd {env_dir} && make' },
    });
    expect(writeRecipe(ingredients({ config }))?.commandsIn('/e')).toEqual([['sh', '-c', 'cd /e && make']]);
  });

  test('get the variables of the runtime', () => {
    expect(writeRecipe(ingredients())?.variablesIn('/e')).toEqual({ PATH: '/bin', PIP_HOME: '/e/home' });
  });

  test('there are none where the runtime installs nothing', () => {
    const config = executionConfig.parse({ dependencies: { manifest_file: 'requirements.txt' } });
    expect(writeRecipe(ingredients({ config }))).toBeUndefined();
  });
});
