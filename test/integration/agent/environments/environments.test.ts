import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AttuneError } from '../../../../src/shared/errors.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { agentWith, client } from './agent.ts';
import { recipeOf } from './recipes.ts';

let root = '';
beforeEach(() => {
  root = join(folderWith({}), 'envs');
});

/** A script that waits until the test lets it go on. */
function gate() {
  const folder = folderWith({});
  return {
    script: `echo began >> ${folder}/log; while ! [ -e ${folder}/open ]; do sleep 0.01; done`,
    begun: () =>
      vi.waitFor(() => expect(readFileSync(join(folder, 'log'), 'utf8')).toContain('began'), {
        timeout: 20_000,
      }),
    times: () => readFileSync(join(folder, 'log'), 'utf8').split('\n').length - 1,
    open: () => writeFileSync(join(folder, 'open'), ''),
  };
}

/** Code and message. */
async function failureOf(provided: Promise<unknown>): Promise<string> {
  const error: unknown = await provided.then(
    () => 'it was provided',
    (reason: unknown) => reason,
  );
  return error instanceof AttuneError ? `${error.code}: ${error.message}` : String(error);
}

function builds(): string[] {
  const folder = join(root, 'test/.builds');
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe('an environment', () => {
  test('is there afterwards at once, for another agent too, and cannot be written', async () => {
    const recipe = recipeOf(root, 'echo hello > "$1/file"');
    const { folder } = await (await agentWith()).provide(recipe, client());
    const other = await agentWith();
    expect(other.take(recipe)?.folder).toBe(folder);
    expect(statSync(join(folder, 'file')).mode & 0o222).toBe(0);
    expect(statSync(folder).mode & 0o777).toBe(0o555);
  });

  test('that has lost its files is built again', async () => {
    const environments = await agentWith();
    const recipe = recipeOf(root, 'echo hello > "$1/file"');
    const { folder } = await environments.provide(recipe, client());
    rmSync(folder, { recursive: true });
    expect(environments.take(recipe)).toBeUndefined();
    const again = await environments.provide(recipe, client());
    expect(readFileSync(join(again.folder, 'file'), 'utf8')).toBe('hello\n');
  });

  test('needs no mark of its use, where the volume takes none', async () => {
    const environments = await agentWith();
    const recipe = recipeOf(root, 'true');
    const { folder } = await environments.provide(recipe, client());
    rmSync(`${folder}.used`);
    mkdirSync(`${folder}.used`);
    expect((await agentWith()).take(recipe)?.folder).toBe(folder);
  });

  test('that cannot be made says what to do', async () => {
    const environments = await agentWith();
    const file = folderWith({ envs: '' });
    const failure = await failureOf(environments.provide(recipeOf(join(file, 'envs'), 'true'), client()));
    expect(failure).toContain('environments_unwritable');
    expect(failure).toContain('ATTUNE_RUNTIME_ENVS_DIR');
  });
});

describe('the installer', () => {
  test('is heard while it works, with its keys and without showing them', async () => {
    const environments = await agentWith();
    const { begun, open, script } = gate();
    const one = client({ keys: () => Promise.resolve({ INDEX: 'https://u:hunter2@index' }) });
    const built = environments.provide(recipeOf(root, `echo "from $INDEX"; echo warned >&2; ${script}`), one);
    await begun();
    await vi.waitFor(() => expect(one.said()).toMatch(/from \*\*\*[^]*warned|warned[^]*from \*\*\*/));
    open();
    await built;
    expect(one.said()).not.toContain('hunter2');
  });

  test('that says too much is heard at the beginning and at the end', async () => {
    const one = client();
    await (await agentWith()).provide(recipeOf(root, 'echo first; seq 100000; echo last'), one);
    expect(one.said()).toMatch(/first\n1\n[^]*attune: \d+ bytes left out\n[^]*100000\nlast\n$/);
  });

  test('that fails leaves nothing but its last lines, without keys; the next one tries again', async () => {
    const environments = await agentWith();
    const recipe = recipeOf(root, '[ -e /nowhere ] || { echo "no $INDEX" >&2; exit 3; }');
    for (const again of [1, 2]) {
      const one = client({ keys: async () => ({ INDEX: 'hunter2' }) });
      expect(await failureOf(environments.provide(recipe, one)), `time ${again}`).toMatch(
        /^environment_failed: [^]*sh ended with exit code 3; its last lines:\nno \*\*\*$/,
      );
      expect(one.said()).toContain('no ***');
    }
    expect(builds().filter((name) => !name.includes('.lock.'))).toEqual([]);
  });

  test('that is not in the image is named', async () => {
    const recipe = { ...recipeOf(root, 'true'), commandsIn: (): [string][] => [['no-such-installer']] };
    expect(await failureOf((await agentWith()).provide(recipe, client()))).toMatch(
      /^environment_failed: .* no-such-installer is missing/,
    );
  });

  test('that takes too long is ended', async () => {
    const environments = await agentWith({ environmentTimeout: 0.3 });
    const recipe = recipeOf(root, 'echo waiting; sleep 600');
    expect(await failureOf(environments.provide(recipe, client()))).toMatch(
      /^environment_timeout: [^]*ATTUNE_ENVIRONMENT_TIMEOUT/,
    );
  });
});

test.skipIf(!requires('root'))("is the jobs' user, to whom nothing of it belongs afterwards", async () => {
  chmodSync(dirname(root), 0o755);
  const user = { uid: 65_532, gid: 65_533, groups: [] };
  const environments = await agentWith({}, user);
  const script =
    'id -u > "$1/user"; mkdir "$1/bin"; ln -s ../user "$1/bin/link"; ln "$1/user" "$1/twin"; touch "$1/one"';
  const { folder } = await environments.provide(recipeOf(root, script), client());
  expect(readFileSync(join(folder, 'bin/link'), 'utf8')).toBe('65532\n');
  for (const name of ['.', 'bin', 'one']) expect(statSync(join(folder, name))).toMatchObject({ uid: 0 });
  // A file of two names may be one of another folder, such as a cache.
  expect(statSync(join(folder, 'twin')).uid).toBe(65_532);
});

describe('those who wait', () => {
  test('for the same agent share its build, and one that leaves takes nothing along', async () => {
    const environments = await agentWith();
    const { begun, open, script, times } = gate();
    const recipe = recipeOf(root, `${script}; echo done`);
    const leaving = new AbortController();
    const [first, second] = [client({ signal: leaving.signal }), client()];
    const left = environments.provide(recipe, first);
    const stayed = environments.provide(recipe, second);
    await begun();
    expect(second.onWait).toHaveBeenCalledOnce();
    leaving.abort('cancelled');
    await expect(left).rejects.toBe('cancelled');
    open();
    await stayed;
    expect(second.said()).toContain('done');
    expect(times()).toBe(1);
  });

  test('lend their keys, where the first one has lost its right to them', async () => {
    const environments = await agentWith();
    const recipe = recipeOf(root, 'echo "$INDEX" > "$1/index"');
    const lost = environments.provide(recipe, client({ keys: async () => undefined }));
    const { folder } = await environments.provide(recipe, client({ keys: async () => ({ INDEX: 'mine' }) }));
    await lost;
    expect(readFileSync(join(folder, 'index'), 'utf8')).toBe('mine\n');
  });

  test('end the build when the last one leaves, and leave nothing', async () => {
    const environments = await agentWith();
    const { begun, open, script, times } = gate();
    const recipe = recipeOf(root, script);
    const leaving = new AbortController();
    const left = environments.provide(recipe, client({ signal: leaving.signal }));
    await begun();
    leaving.abort('cancelled');
    await expect(left).rejects.toBe('cancelled');
    await vi.waitFor(() => expect(builds()).toEqual([]), { timeout: 20_000 });
    open();
    await environments.provide(recipe, client());
    expect(times()).toBe(2);
  });

  test('for another agent hear who builds, and fail with it', async () => {
    const { begun, open, script, times } = gate();
    const recipe = recipeOf(root, `${script}; echo broken; exit 1`);
    const [one, other] = [await agentWith(), await agentWith()];
    const building = one.provide(recipe, client());
    building.catch(() => undefined);
    await begun();
    const second = client();
    const waiting = other.provide(recipe, second);
    await vi.waitFor(() => expect(second.onWait.mock.lastCall?.[0]?.holder).toBe('worker-1'));
    open();
    for (const failed of [building, waiting])
      expect(await failureOf(failed)).toMatch(/^environment_failed: [^]*broken/);
    expect(times()).toBe(1);
  });

  test.each([
    ['a file that is torn', '{"token":"x'],
    ['an empty file', ''],
    [
      'somebody who is gone',
      '{"token":"x","holder":"w","since":"2026-01-01T00:00:00Z","counter":7,"failure":null}',
    ],
  ])('do so for a while only where the lock is held by %s', async (_, text) => {
    const recipe = recipeOf(root, 'true');
    mkdirSync(join(root, 'test/.builds', `${recipe.hash}.half`), { recursive: true });
    writeFileSync(join(root, 'test/.builds', `${recipe.hash}.lock.41`), text);
    const { folder } = await (await agentWith()).provide(recipe, client());
    expect(
      builds()
        .map((name) => join(root, 'test/.builds', name))
        .toSorted(),
    ).toEqual([folder, `${folder}.used`]);
  });
});
