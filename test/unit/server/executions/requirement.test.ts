import semver from 'semver';
import { expect, test } from 'vitest';
import { requirementOf } from '../../../../src/server/executions/requirement.ts';

const plain = {
  runtime: 'python',
  runtime_version: undefined,
  required_worker_runtimes: {},
  worker_selector: {},
};

test('an action asks for its runtime in any version, unless it says more', () => {
  expect(requirementOf(plain)).toEqual({ runtimes: { python: '*' }, labels: {} });
  expect(
    requirementOf({
      ...plain,
      runtime_version: '>=3.10',
      required_worker_runtimes: { NodeJS: '>=20', sh: '*' },
      worker_selector: { gpu: 'true' },
    }),
  ).toEqual({ runtimes: { python: '>=3.10', node: '>=20', shell: '*' }, labels: { gpu: 'true' } });
});

test('two ranges for one runtime must both hold, whatever the spelling', () => {
  const { runtimes } = requirementOf({
    ...plain,
    runtime_version: '3.8 || >=3.10',
    required_worker_runtimes: { python3: '<3.9 || >=3.12' },
  });
  const matching = ['3.8.1', '3.9.0', '3.10.0', '3.11.2', '3.12.0'].filter((version) =>
    semver.satisfies(version, runtimes['python'] ?? ''),
  );

  expect(matching).toEqual(['3.8.1', '3.12.0']);
});
