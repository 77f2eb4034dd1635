import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseRuntime, findInterpreter } from '../../../../../src/agent/execute/command/interpreter.ts';
import { folderWith } from '../../../../support/folder.ts';

const detected = [
  { name: 'shell', path: '/bin/sh' },
  { name: 'python', version: '3.11.2', path: '/default' },
  { name: 'python', version: '3.13.0', path: '/newest' },
  { name: 'python', version: '3.9.1', path: '/oldest' },
];

function choose(runtime: string, range?: string) {
  return chooseRuntime(detected, { action: 'core.x', runtime, range }).path;
}

describe('chooseRuntime', () => {
  test.each([
    [undefined, '/default'],
    ['*', '/default'],
    ['>=3.9', '/newest'],
    ['>=3.9,<3.13', '/default'],
    ['<3.10', '/oldest'],
    ['3.9', '/oldest'],
  ])('python %s is %s', (range, path) => {
    expect(choose('python', range)).toBe(path);
  });

  test('a runtime that is not there is named, with what is there', () => {
    expect(() => choose('ruby')).toThrow(
      'core.x needs ruby, which this worker does not have; it has shell, python',
    );
  });

  test('so is a version, and an unknown version is in no range', () => {
    expect(() => choose('python', '>=4')).toThrow('python >=4; this worker has python 3.11.2, python 3.13.0');
    expect(() => choose('shell', '>=5')).toThrow(
      expect.objectContaining({ code: 'runtime_version_missing' }),
    );
  });
});

describe('findInterpreter', () => {
  test('takes the first executable on the PATH', async () => {
    const root = folderWith({ 'a/lua': 'text', 'b/lua': { program: 'x' }, 'c/lua': { program: 'x' } });
    const path = ['a', 'b', 'c'].map((folder) => join(root, folder)).join(':');
    expect(await findInterpreter('lua', path)).toBe(join(root, 'b/lua'));
    expect(await findInterpreter(join(root, 'c/lua'), '')).toBe(join(root, 'c/lua'));
  });

  test('says where it looked', async () => {
    await expect(findInterpreter('lua', '/nowhere')).rejects.toThrow('lua is not on the PATH (/nowhere)');
    await expect(findInterpreter('/no/lua', '')).rejects.toThrow('/no/lua is not there');
  });
});
