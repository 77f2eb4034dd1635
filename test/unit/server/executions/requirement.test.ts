import semver from 'semver';
import { expect, test } from 'vitest';
import { requirementOf, resolveRequirement } from '../../../../src/server/executions/requirement.ts';

const none = new Map<string, string>();

const plain = {
  runtime: 'python',
  runtime_version: undefined,
  required_worker_runtimes: {},
  worker_selector: {},
};

test('an action asks for its runtime in any version, unless it says more', () => {
  expect(requirementOf(plain, none)).toEqual({ runtimes: { python: '*' }, labels: {} });
  expect(
    requirementOf(
      {
        ...plain,
        runtime_version: '>=3.10',
        required_worker_runtimes: { NodeJS: '>=20', sh: '*' },
        worker_selector: { gpu: 'true' },
      },
      none,
    ),
  ).toEqual({ runtimes: { python: '>=3.10', node: '>=20', shell: '*' }, labels: { gpu: 'true' } });
});

test('two ranges for one runtime must both hold, whatever the spelling', () => {
  const { runtimes } = requirementOf(
    {
      ...plain,
      runtime_version: '3.8 || >=3.10',
      required_worker_runtimes: { python3: '<3.9 || >=3.12' },
    },
    none,
  );
  const matching = ['3.8.1', '3.9.0', '3.10.0', '3.11.2', '3.12.0'].filter((version) =>
    semver.satisfies(version, runtimes['python'] ?? ''),
  );

  expect(matching).toEqual(['3.8.1', '3.12.0']);
});

test('a name that has become an alias is the same requirement', () => {
  const asked = { runtimes: { lua: '>=5.3', 'lua5.4': '*', python3: '*' }, labels: { a: 'b' } };
  const { runtimes, labels } = resolveRequirement(asked, new Map([['lua5.4', 'lua']]));
  expect(Object.keys(runtimes)).toEqual(['lua', 'python']);
  expect(semver.satisfies('5.4.0', runtimes['lua'] ?? '')).toBe(true);
  expect(semver.satisfies('5.2.0', runtimes['lua'] ?? '')).toBe(false);
  expect(labels).toEqual({ a: 'b' });
});
