import { expect, test } from 'vitest';
import { createCleanups } from '../../../../src/cli/demo/cleanups.ts';

test('everything is undone once, the last thing first, whatever fails', async () => {
  const undone: string[] = [];
  const cleanups = createCleanups();
  cleanups.add('folder', async () => undone.push('folder'));
  cleanups.add('database', () => Promise.reject(new Error('is stuck')));
  cleanups.add('server', async () => undone.push('server'));
  expect(await cleanups.run()).toEqual(['database: is stuck']);
  expect(undone).toEqual(['server', 'folder']);
  expect(await cleanups.run()).toEqual([]);
});
