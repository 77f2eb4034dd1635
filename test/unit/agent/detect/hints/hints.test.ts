import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyHints, withHint } from '../../../../../src/agent/detect/hints/apply.ts';
import { readHints } from '../../../../../src/agent/detect/hints/read.ts';
import { runtimeTemplates } from '../../../../../src/agent/detect/templates.ts';
import { runtimeDefinition } from '../../../../../src/contract/runtime.ts';
import { AttuneError } from '../../../../../src/shared/errors.ts';
import { folderWith } from '../../../../support/folder.ts';

function read(text: string) {
  return readHints([join(folderWith({ 'hints.yaml': text }), 'hints.yaml')]);
}

function problemsOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AttuneError) return error.message;
  }
  throw new Error('the hints were taken');
}

test('the first file that is there counts, and none means no hints', () => {
  const root = folderWith({
    'b.yaml': 'runtimes: [{name: lua, interpreter: /bin/sh}]',
    'c.yaml': 'runtimes: []',
  });
  expect(readHints(['a', 'b', 'c'].map((name) => join(root, `${name}.yaml`)))).toMatchObject([
    { name: 'lua' },
  ]);
  expect(readHints([join(root, 'a.yaml')])).toEqual([]);
});

test('everything that is wrong is named, with the file', () => {
  const message = problemsOf('runtimes: [{name: "a b", interpreter: ruby}, {interpreter: /bin/sh}]');
  expect(message).toContain('hints.yaml');
  expect(message).toContain('runtimes.0.name');
  expect(message).toContain('runtimes.0.interpreter must be an absolute path');
  expect(message).toContain('runtimes.1.name');
});

test('an interpreter that is not there is an error of the image', () => {
  expect(problemsOf('runtimes: [{name: ruby, interpreter: /nowhere/ruby}]')).toContain('/nowhere/ruby');
});

test('broken YAML is named', () => {
  expect(problemsOf('runtimes: [')).toContain('is not YAML');
});

test('a hint takes the place of the built-in template and keeps what it does not change', () => {
  const hints = read(
    'runtimes: [{name: Python3, interpreter: /bin/sh, version_command: "python --version"}]',
  );
  const templates = applyHints(runtimeTemplates, hints);
  expect(templates).toHaveLength(runtimeTemplates.length);
  expect(templates.find(({ name }) => name === 'python')).toMatchObject({
    ref: 'core.python',
    distributions: { verification: { commands: [{ binary: '/bin/sh', args: ['--version'] }] } },
    execution_config: {
      interpreter: { binary: '/bin/sh', file_extension: '.py' },
      dependencies: { manifest_file: 'requirements.txt' },
    },
  });
});

test('a hint under an alias of a definition is about that runtime', () => {
  const acme = runtimeDefinition.parse({ ref: 'acme.sole', name: 'sole', aliases: ['solelang'] });
  const templates = applyHints(
    [...runtimeTemplates, acme],
    read('runtimes: [{name: SoleLang, interpreter: /bin/sh}]'),
  );
  expect(templates.filter(({ name }) => name.startsWith('sole'))).toMatchObject([
    { ref: 'acme.sole', execution_config: { interpreter: { binary: '/bin/sh' } } },
  ]);
});

test('the set-up of an environment takes the place of what the definition says, and what is to be installed stays', () => {
  const config = runtimeTemplates.find(({ name }) => name === 'ruby')?.execution_config ?? { env_vars: {} };
  const setUp = (lines: string) =>
    read(`runtimes: [{name: ruby, interpreter: /bin/sh, ${lines}}]`).map((hint) => withHint(config, hint))[0];
  const both = setUp('env_setup: {create_command: make-it, install_command: [fill, it]}');
  expect(both?.environment).toEqual({ create_command: 'make-it' });
  expect(both?.dependencies).toMatchObject({ manifest_file: 'Gemfile', install_command: ['fill', 'it'] });
  expect(both?.env_vars).toEqual(config.env_vars);
  const none = setUp('file_extension: .rbx');
  expect(none).toMatchObject({
    interpreter: { binary: '/bin/sh', file_extension: '.rbx' },
    environment: config.environment,
    dependencies: config.dependencies,
  });
});

test('a runtime that nobody knows comes at the end, with the versions that the image declares', () => {
  const hints = read(`
runtimes:
  - {name: custom-ml, interpreter: /bin/sh, version_command: [conda, -V], env_setup: {create_command: "mkdir {env_dir}"}}
  - {name: custom-ml, interpreter: /bin/bash}
`);
  expect(applyHints(runtimeTemplates, hints).at(-1)).toMatchObject({
    ref: 'auto.custom-ml',
    distributions: {
      verification: {
        commands: [
          { binary: '/bin/sh', args: ['-V'], priority: 0 },
          { binary: '/bin/bash', args: ['--version'], priority: 1 },
        ],
      },
    },
    execution_config: { environment: { create_command: 'mkdir {env_dir}' } },
  });
});
