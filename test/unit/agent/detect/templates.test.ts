import { expect, test } from 'vitest';
import { namesOf, readRuntimeFiles } from '../../../../build/embed-runtimes.ts';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';
import { builtInRuntimes } from '../../../../src/contract/built-in-runtimes.ts';

test('the embedded templates are those of runtimes/*.yaml (else: node build/embed-runtimes.ts)', () => {
  expect(runtimeTemplates).toEqual(readRuntimeFiles());
});

test('the aliases that every name has everywhere are those of runtimes/*.yaml', () => {
  expect(builtInRuntimes).toEqual(readRuntimeFiles().map(namesOf));
});

test('no name means two runtimes', () => {
  const names = builtInRuntimes.flat();
  expect(names).toEqual([...new Set(names)]);
});

const withDependencies = runtimeTemplates.filter(
  ({ execution_config: { dependencies } }) => dependencies !== undefined,
);

test.each(withDependencies)(
  '$name installs what a manifest names into the environment',
  ({ execution_config }) => {
    const { dependencies } = execution_config;
    expect(dependencies?.manifest_file).toMatch(/^[\w.-]+$/);
    expect(JSON.stringify(dependencies?.install_command)).toContain('{env_dir}');
  },
);
