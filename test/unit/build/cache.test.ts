import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { cached, hashOf, hashOfTree, publish } from '../../../build/cache.ts';
import { isUpToDate, rememberOutputs } from '../../../build/up-to-date.ts';

let directory = '';
const made: string[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-cache-'));
});
afterAll(() => {
  for (const path of [directory, ...made]) rmSync(path, { recursive: true, force: true });
});

async function make(name: string, key: string, text: string): Promise<string> {
  const path = await cached(name, hashOf(key), (target) => {
    writeFileSync(target, text);
  });
  made.push(path);
  return path;
}

describe('the cache', () => {
  const name = `test-${randomUUID()}`;

  test('makes a file once', async () => {
    const path = await make(name, 'a', 'first');
    expect(await make(name, 'a', 'second')).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe('first');
  });

  test('makes another one for another key, and forgets the first when it is old', async () => {
    const old = await make(name, 'a', 'first');
    utimesSync(old, 0, 0);
    const path = await make(name, 'b', 'second');
    expect([existsSync(old), readFileSync(path, 'utf8')]).toEqual([false, 'second']);
  });

  test('shows nothing of a file whose making failed', async () => {
    const half = cached(name, hashOf('c'), (target) => {
      writeFileSync(target, 'half');
      throw new Error('full');
    });
    await expect(half).rejects.toThrow('full');
    expect(readFileSync(await make(name, 'c', 'whole'), 'utf8')).toBe('whole');
  });
});

test('publishing replaces what is there', async () => {
  const target = join(directory, 'deep', 'published');
  publish(await make('test-publish', 'a', 'old'), target);
  publish(await make('test-publish', 'b', 'new'), target);
  expect(readFileSync(target, 'utf8')).toBe('new');
});

test('a hash knows where one part ends and the next begins', () => {
  expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'));
});

test('a hash of a tree changes with a name and with a content', () => {
  const path = join(directory, 'tree');
  const hashes = ['a', 'b'].map((text) => {
    writeFileSync(path, text);
    return hashOfTree(path);
  });
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashOfTree(path, join(directory, 'missing'))).toBe(hashes[1]);
});

describe('a target is up to date', () => {
  const target = `test-${randomUUID()}`;

  test('until its inputs or its outputs change', () => {
    const output = join(directory, 'output');
    writeFileSync(output, 'made');
    expect(isUpToDate(target, 'inputs', [output])).toBe(false);
    rememberOutputs(target, 'inputs', [output]);
    made.push(join(import.meta.dirname, '../../../.cache/build', `${target}.json`));
    expect(isUpToDate(target, 'inputs', [output])).toBe(true);
    expect(isUpToDate(target, 'other inputs', [output])).toBe(false);
    writeFileSync(output, 'changed by hand');
    expect(isUpToDate(target, 'inputs', [output])).toBe(false);
  });
});
