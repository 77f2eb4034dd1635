import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pruneVersions } from '../../../../src/server/packs/prune-versions.ts';
import { folderWith } from '../../../support/folder.ts';

const hour = 3_600_000;
const [current, kept, old] = ['c', 'b', 'a'].map((digit) => digit.repeat(16));
const files = {
  [`.versions/core/${current}/pack.yaml`]: '',
  [`.versions/core/${kept}/pack.yaml`]: '',
  [`.versions/core/${old}/pack.yaml`]: '',
  '.versions/core/made-by-hand/pack.yaml': '',
  core: { link: `.versions/core/${current}` },
  '.incoming/torn/pack.yaml': '',
  'resident/pack.yaml': '',
} as const;

function digestsOf(ref: string): Promise<string[]> {
  return Promise.resolve(ref === 'core' ? [`${kept}${'0'.repeat(48)}`] : []);
}

/** What is left after hours. */
async function leftAfter(hours: number): Promise<{ readonly folder: string; readonly versions: string[] }> {
  const folder = folderWith(files);
  await pruneVersions(folder, digestsOf, Date.now() + hours * hour);
  return { folder, versions: readdirSync(join(folder, '.versions/core')).toSorted() };
}

test('files of what is neither current nor kept go, after a while', async () => {
  const { folder, versions } = await leftAfter(2);
  expect(versions).toEqual([kept, current, 'made-by-hand']);
  expect(readdirSync(join(folder, '.incoming'))).toEqual([]);
  expect(existsSync(join(folder, 'resident/pack.yaml'))).toBe(true);
});

test('what is young stays: it may be about to be registered', async () => {
  const { folder, versions } = await leftAfter(0.5);
  expect(versions).toEqual([old, kept, current, 'made-by-hand']);
  expect(existsSync(join(folder, '.incoming/torn/pack.yaml'))).toBe(true);
});

test('what was made by hand goes when nothing can run in it any more', async () => {
  expect((await leftAfter(9 * 24)).versions).toEqual([kept, current]);
});

test('a folder that is not there yet is no error', async () => {
  await expect(
    pruneVersions(join(folderWith({}), 'none'), () => Promise.resolve([])),
  ).resolves.toBeUndefined();
});
