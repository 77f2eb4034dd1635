import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Environment } from '../../../../src/agent/environments/environments.ts';
import { listBuilds, listEnvironments } from '../../../../src/agent/environments/stored/inventory.ts';
import { pruneEnvironments, type Bounds } from '../../../../src/agent/environments/stored/prune.ts';
import { folderWith } from '../../../support/folder.ts';
import { agentWith, client } from './agent.ts';
import { recipeOf } from './recipes.ts';

const hour = 3600;
const forever: Bounds = { mostAge: undefined, mostBytes: undefined };

let root = '';
beforeEach(() => {
  root = join(folderWith({}), 'envs');
});

/** An environment with a file of so many kilobytes, as if it were last marked so many hours ago. */
async function environmentOf(kilobytes: number, hours: number): Promise<Environment> {
  const environments = await agentWith();
  const script = `head -c ${kilobytes}k /dev/zero > "$1/file"`;
  const environment = await environments.provide(recipeOf(root, script), client());
  const then = Date.now() / 1000 - hours * hour;
  utimesSync(`${environment.folder}.used`, then, then);
  return environment;
}

async function left(): Promise<string[]> {
  return (await listEnvironments(root)).map(({ folder }) => folder);
}

test('environments are listed with their size and their last use', async () => {
  const { folder } = await environmentOf(64, 2);
  const [listed, ...others] = await listEnvironments(root);
  expect(others).toEqual([]);
  expect(listed).toMatchObject({ pack: 'test', runtime: 'shell', version: '1.0.0', folder });
  expect(Math.round((listed?.bytes ?? 0) / 1024 / 64)).toBe(1);
  expect(Math.round((Date.now() - (listed?.lastUse ?? 0)) / 1000 / hour)).toBe(2);
});

test('builds are listed with their builder, and those that failed as such', async () => {
  const environments = await agentWith();
  await environments.provide(recipeOf(root, 'exit 1'), client()).catch(() => undefined);
  const leaving = new AbortController();
  const building = client({ signal: leaving.signal });
  const provided = environments.provide(recipeOf(root, 'echo began; sleep 600'), building);
  provided.catch(() => undefined);
  await vi.waitFor(() => expect(building.said()).toContain('\nbegan'));
  const listed = await listBuilds(root);
  expect(
    listed.map(({ holder, failed }) => ({ holder, failed })).toSorted((a) => (a.failed ? -1 : 1)),
  ).toEqual([
    { holder: 'worker-1', failed: true },
    { holder: 'worker-1', failed: false },
  ]);
  leaving.abort('enough');
  await provided.catch(() => undefined);
});

describe('removal', () => {
  test('by age takes those that nobody has used for longer', async () => {
    const [old, young] = [await environmentOf(1, 10), await environmentOf(2, 1)];
    const removed = await pruneEnvironments(root, { ...forever, mostAge: 5 * hour });
    expect(removed.map(({ folder }) => folder)).toEqual([old.folder]);
    expect(await left()).toEqual([young.folder]);
    expect(readdirSync(join(root, 'test/.builds')).filter((name) => name.includes('trash'))).toEqual([]);
  });

  test('by size takes those used longest ago, until the others fit', async () => {
    const [first, second, third] = [
      await environmentOf(64, 3),
      await environmentOf(65, 2),
      await environmentOf(66, 1),
    ];
    await pruneEnvironments(root, { ...forever, mostBytes: 150 * 1024 });
    expect(new Set(await left())).toEqual(new Set([second.folder, third.folder]));
    expect(existsSync(first.folder)).toBe(false);
  });

  test('never takes what is in use, be its user another process', async () => {
    const { folder } = await environmentOf(1, 10);
    (await agentWith()).keep(folder);
    expect(await pruneEnvironments(root, { mostAge: 0, mostBytes: 0 })).toEqual([]);
    expect(await left()).toEqual([folder]);
  });

  test('takes what its user was killed with, after a few minutes', async () => {
    const { folder } = await environmentOf(1, 0.1);
    await pruneEnvironments(root, { mostAge: 0, mostBytes: undefined });
    expect(existsSync(folder)).toBe(false);
  });

  test('takes what killed builders have left, and leaves those that live', async () => {
    const { folder } = await environmentOf(1, 0);
    const builds = join(root, 'test/.builds');
    const [dead, living] = ['d'.repeat(16), 'a'.repeat(16)];
    for (const hash of [dead, living]) {
      mkdirSync(join(builds, `${hash}.0123`));
      writeFileSync(join(builds, `${hash}.lock.3`), '{}');
    }
    const then = Date.now() / 1000 - hour;
    utimesSync(join(builds, `${dead}.lock.3`), then, then);
    await pruneEnvironments(root, forever);
    expect(readdirSync(builds).filter((name) => name.startsWith(dead))).toEqual([]);
    expect(readdirSync(builds).filter((name) => name.startsWith(living))).toHaveLength(2);
    expect(await left()).toEqual([folder]);
  });

  test('where nothing can be written says so', async () => {
    const file = folderWith({ envs: '' });
    await expect(pruneEnvironments(join(file, 'envs'), forever)).rejects.toThrow(
      'Nothing can be removed from',
    );
  });
});
