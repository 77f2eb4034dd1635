import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCandidates } from '../../../../src/agent/detect/candidates.ts';
import { readSearchPath } from '../../../../src/agent/detect/search-path.ts';
import { verificationCommand } from '../../../../src/contract/runtime.ts';
import { folderWith, type Content } from '../../../support/folder.ts';

const program = { program: 'x' };
const python3 = verificationCommand.parse({ binary: 'python3', args: ['--version'], priority: 1 });
const python = verificationCommand.parse({ binary: 'python', args: ['--version'], priority: 2 });

async function find(files: Record<string, Content>, ...folders: string[]): Promise<string[]> {
  const root = folderWith(files);
  const found = await findCandidates(
    [python, python3],
    await readSearchPath(folders.map((folder) => join(root, folder)).join(':')),
  );
  return found.map(({ path }) => path.slice(root.length + 1));
}

test('priority goes before the order of PATH, plain names before versioned ones', async () => {
  const files = {
    'a/python': program,
    'a/python3.12': program,
    'b/python3': program,
    'c/python3': program,
  };
  expect(await find(files, 'a', 'c', 'b')).toEqual(['c/python3', 'b/python3', 'a/python', 'a/python3.12']);
});

test('only versions count as siblings', async () => {
  const files = {
    'a/python3-config': program,
    'a/python3.12m': program,
    'a/python3.12': program,
    'a/python-3.9': program,
    'a/pythonic': program,
  };
  expect(await find(files, 'a')).toEqual(['a/python3.12', 'a/python-3.9']);
});

test('one file comes once, by the name under which it is found first', async () => {
  const root = folderWith({ 'real/python3.12': program, 'venv/python3': { link: '../real/python3.12' } });
  linkSync(join(root, 'real/python3.12'), join(root, 'real/python3.13'));
  const folders = await readSearchPath(`${root}/venv:${root}/real`);
  const [found, ...others] = await findCandidates([python3], folders);
  expect(found).toMatchObject({ path: join(root, 'venv/python3'), file: join(root, 'real/python3.12') });
  expect(others).toEqual([]);
});

test('broken links, loops, folders and files that may not be run are left out', async () => {
  const files = {
    'a/python3': { link: 'nowhere' },
    'b/python3': { link: 'python3' },
    'c/python3/x': program,
    'd/python3': 'not executable',
  };
  expect(await find(files, 'a', 'b', 'c', 'd')).toEqual([]);
});

test('a binary with a path is that file alone', async () => {
  const root = folderWith({ 'opt/python': program, 'opt/python3.12': program });
  const command = verificationCommand.parse({ binary: join(root, 'opt/python') });
  const found = await findCandidates([command], await readSearchPath(join(root, 'opt')));
  expect(found.map(({ path }) => path)).toEqual([join(root, 'opt/python')]);
});
