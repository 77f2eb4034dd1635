import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCommandResolver } from '../../../../../src/agent/execute/command/command.ts';
import { createPacks } from '../../../../../src/agent/packs/packs.ts';
import type { Hint } from '../../../../../src/agent/detect/hints/read.ts';
import { runtimeTemplates } from '../../../../../src/agent/detect/templates.ts';
import type { Assignment } from '../../../../../src/contract/assignment.ts';
import type { DetectedRuntime } from '../../../../../src/contract/capability.ts';
import { executionConfig } from '../../../../../src/contract/runtime.ts';
import { folderWith } from '../../../../support/folder.ts';
import { assignmentOf } from './assignment.ts';

const detected = [
  { name: 'shell', version: '5.2.15', path: '/bin/bash' },
  { name: 'python', version: '3.11.2', path: '/usr/bin/python3' },
  { name: 'python', version: '3.13.0', path: '/opt/python3.13' },
  { name: 'go', version: '1.22.0', path: '/usr/local/go/bin/go' },
  { name: 'erlang' },
];

function plannerFor(
  packs: string,
  environment: Record<string, string> = {},
  runtimes: readonly DetectedRuntime[] = detected,
  hints: readonly Hint[] = [],
) {
  const config = {
    artifactsDirectory: '/artifacts',
    runtimeEnvironmentsDirectory: '/envs',
    apiUrl: 'http://api:8080',
  };
  const platform = 'x86_64 glibc 2.36';
  const resolve = createCommandResolver({
    environment,
    detected: runtimes,
    templates: runtimeTemplates,
    hints,
    platform,
    config,
  });
  const provided = createPacks(packs, undefined);
  return async (assignment: Assignment) =>
    resolve(assignment, await provided.provide(assignment.pack, new AbortController()));
}

function resolverFor(packs: string, environment: Record<string, string> = {}) {
  const plan = plannerFor(packs, environment);
  return async (assignment: Assignment) => (await plan(assignment)).commandIn(undefined);
}

/** As a pack defines it. */
const pythonConfig = {
  interpreter: { binary: 'python3' },
  environment: { create_command: 'ours' },
  dependencies: { manifest_file: 'requirements.txt', install_command: 'ours' },
};

describe('the command line', () => {
  test.each([
    ['sh', undefined, ['/bin/bash']],
    ['Python3', undefined, ['/usr/bin/python3']],
    ['core.python', '>=3.12', ['/opt/python3.13']],
    ['golang', undefined, ['/usr/local/go/bin/go', 'run']],
  ])('%s %s: %j and the script', async (runner, range, interpreter) => {
    const packs = folderWith({ 'demo/actions/x.sh': '' });
    const action = { runner_type: runner, ...(range === undefined ? {} : { runtime_version: range }) };
    const { argv, workingDirectory } = await resolverFor(packs)(assignmentOf(action));
    expect(argv).toEqual([...interpreter, join(packs, 'demo/actions/x.sh')]);
    expect(workingDirectory).toBe(join(packs, 'demo'));
  });

  test('native runs the file itself, which must be executable', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '' });
    const script = join(packs, 'demo/actions/x.sh');
    const resolve = resolverFor(packs);
    const assignment = assignmentOf({ runner_type: 'native' });
    await expect(resolve(assignment)).rejects.toThrow(`chmod +x ${script}`);
    chmodSync(script, 0o755);
    expect(await resolve(assignment)).toMatchObject({ argv: [script] });
  });

  test('what the image declares of its interpreter goes before every configuration', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '', 'demo/requirements.txt': 'x' });
    const hint = {
      name: 'Python3',
      interpreter: '/usr/bin/python3',
      version_command: ['--version'],
      env_setup: { create_command: 'make-it {env_dir}', install_command: 'fill-it {env_dir}' },
    };
    const plan = plannerFor(packs, {}, detected, [hint]);
    const runtime = { name: 'python', execution_config: executionConfig.parse(pythonConfig) };
    const commandsOf = async (range: string) => {
      const assignment = assignmentOf({ runner_type: 'python', runtime_version: range });
      const { recipe } = await plan({ ...assignment, runtime });
      return JSON.stringify(recipe?.commandsIn('/env'));
    };
    expect(await commandsOf('*')).toContain('fill-it');
    // Another interpreter of that runtime is none of the image's words.
    const other = await commandsOf('>=3.12');
    expect(other).toContain('ours');
    expect(other).not.toContain('fill-it');
  });

  test('the configuration that the control plane sends goes before our own', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '' });
    const config = executionConfig.parse({
      interpreter: {
        binary: 'python3',
        args: ['-u', '{action_file}', '--pack={pack_dir}', '--env={env_dir}'],
      },
    });
    const runtime = { name: 'Python', execution_config: config };
    const { argv } = await resolverFor(packs)(assignmentOf({ runner_type: 'python' }, runtime));
    expect(argv).toEqual([
      '/usr/bin/python3',
      '-u',
      join(packs, 'demo/actions/x.sh'),
      `--pack=${join(packs, 'demo')}`,
    ]);
  });

  test('a version may have a configuration of its own', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '' });
    const special = executionConfig.parse({ interpreter: { binary: 'python3', args: ['-X', 'new'] } });
    const runtime = {
      name: 'python',
      execution_config: executionConfig.parse({ interpreter: { binary: 'python3' } }),
      versions: [{ version: '3.13', execution_config: special }],
    };
    const resolve = resolverFor(packs);
    const plain = await resolve(assignmentOf({ runner_type: 'python' }, runtime));
    const newest = await resolve(assignmentOf({ runner_type: 'python', runtime_version: '>=3.12' }, runtime));
    expect(plain.argv).toHaveLength(2);
    expect(newest.argv.slice(0, 3)).toEqual(['/opt/python3.13', '-X', 'new']);
  });

  test('a runtime that was only claimed to be there is looked for on the PATH', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '', 'bin/erlang': { program: 'x' } });
    const assignment = assignmentOf({ runner_type: 'erlang' });
    const { argv } = await resolverFor(packs, { PATH: join(packs, 'bin') })(assignment);
    expect(argv[0]).toBe(join(packs, 'bin/erlang'));
    await expect(resolverFor(packs, { PATH: '/nowhere' })(assignment)).rejects.toThrow(
      'erlang is not on the PATH',
    );
  });
});

describe('the environment', () => {
  test('is that of the container, without anything of ours but what is documented', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '' });
    const container = {
      PATH: '/bin',
      LANG: 'C.UTF-8',
      ATTUNE__DATABASE__URL: 'postgres://u:secret@h/d',
      ATTUNE_WORKER_NAME: 'w',
    };
    const { environment } = await resolverFor(packs, container)(assignmentOf({}));
    expect(environment).toEqual({
      PATH: '/bin',
      LANG: 'C.UTF-8',
      PWD: join(packs, 'demo'),
      ATTUNE_EXEC_ID: '7',
      ATTUNE_ACTION: 'demo.x',
      ATTUNE_PACK_REF: 'demo',
      ATTUNE_API_URL: 'http://api:8080',
      ATTUNE_ARTIFACTS_DIR: '/artifacts',
      ATTUNE_RUNTIME_ENVS_DIR: '/envs',
      ATTUNE_PARAMETER_DELIVERY: 'stdin',
      ATTUNE_PARAMETER_FORMAT: 'json',
    });
  });

  test('differs from execution to execution by its number', async () => {
    const packs = folderWith({ 'demo/actions/x.sh': '' });
    const resolve = resolverFor(packs);
    const first = await resolve(assignmentOf({}));
    const second = await resolve({ ...assignmentOf({}), execution: 8 });
    expect([first, second].map(({ environment }) => environment['ATTUNE_EXEC_ID'])).toEqual(['7', '8']);
  });

  test('has what the runtime asks for', async () => {
    const packs = folderWith({ 'demo/actions/x.py': '' });
    const action = { runner_type: 'python', entry_point: 'x.py' };
    const { environment } = await resolverFor(packs, { PYTHONPATH: '/site' })(assignmentOf(action));
    expect(environment).toMatchObject({
      PYTHONPATH: `${join(packs, 'demo/lib')}:/site`,
      PYTHONUNBUFFERED: '1',
    });
  });
});

describe('a pack with dependencies', () => {
  const python = { runner_type: 'python', entry_point: 'x.py' };

  test('runs in an environment, with the interpreter there', async () => {
    const packs = folderWith({ 'demo/actions/x.py': '', 'demo/requirements.txt': 'requests' });
    const { recipe, commandIn } = await plannerFor(packs)(assignmentOf(python));
    expect(recipe).toMatchObject({ pack: 'demo', runtime: 'python', version: '3.11.2' });
    expect(commandIn('/envs/demo/e').argv).toEqual([
      '/envs/demo/e/bin/python3',
      join(packs, 'demo/actions/x.py'),
    ]);
  });

  test.each([
    ['actions of another runtime', { entry_point: 'x.py' }, 'requirements.txt'],
    ['another file', python, 'requirements.in'],
  ])('needs none for %s', async (_, action, file) => {
    const packs = folderWith({ 'demo/actions/x.py': '', [`demo/${file}`]: 'requests' });
    expect((await plannerFor(packs)(assignmentOf(action))).recipe).toBeUndefined();
  });

  test('needs another one as soon as the manifest or the interpreter changes', async () => {
    const packs = folderWith({
      'demo/actions/x.py': '',
      'demo/requirements.txt': 'a',
      python3: { program: '#!/bin/sh' },
    });
    const path = join(packs, 'python3');
    const plan = plannerFor(packs, {}, [{ name: 'python', version: '3.11.2', path }]);
    const assignment = assignmentOf(python);
    const first = await plan(assignment);
    expect((await plan(assignment)).recipe).toBe(first.recipe);
    writeFileSync(join(packs, 'demo/requirements.txt'), 'b');
    const second = await plan(assignment);
    writeFileSync(path, 'another');
    const third = await plan(assignment);
    expect(new Set([first, second, third].map(({ recipe }) => recipe?.name)).size).toBe(3);
  });
});

test('a script that vanishes is missed although it ran before', async () => {
  const packs = folderWith({ 'demo/actions/x.sh': '' });
  const resolve = resolverFor(packs);
  await resolve(assignmentOf({}));
  rmSync(join(packs, 'demo/actions/x.sh'));
  await expect(resolve(assignmentOf({}))).rejects.toThrow(join(packs, 'demo/actions/x.sh'));
});

test('a folder is no script', async () => {
  const packs = folderWith({ 'demo/actions/x/y': '' });
  await expect(resolverFor(packs)(assignmentOf({ entry_point: 'x' }))).rejects.toThrow('is not a file');
});
