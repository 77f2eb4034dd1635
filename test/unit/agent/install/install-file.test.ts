import { createHash } from 'node:crypto';
import { openSync, readdirSync, readFileSync, closeSync, statSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installFile } from '../../../../src/agent/install/install-file.ts';
import { folderWith } from '../../../support/folder.ts';

/** More than is copied at a time, and no multiple of it. */
const text = 'attune '.repeat(400_000);
const sha256 = createHash('sha256').update(text).digest('hex');

function scene(files: Readonly<Record<string, string>> = {}) {
  const folder = folderWith({ source: text, ...files });
  return { folder, source: join(folder, 'source'), target: join(folder, 'a/b/attune-agent'), mode: 0o755 };
}

describe('installing a file', () => {
  test('copies it with its mode into a folder that it makes, and tells what it did', () => {
    const plan = scene();
    expect(installFile(plan)).toEqual({ changed: true, bytes: text.length, sha256 });
    expect(readFileSync(plan.target, 'utf8')).toBe(text);
    expect(statSync(plan.target).mode & 0o7777).toBe(0o755);
  });

  test('the same bytes again leave the file as it is, but for its mode', () => {
    const plan = scene();
    installFile(plan);
    const { ino } = statSync(plan.target);
    chmodSync(plan.target, 0o600);
    expect(installFile(plan)).toMatchObject({ changed: false, sha256 });
    expect(statSync(plan.target)).toMatchObject({ ino, mode: 0o100755 });
  });

  test('whoever has the old file open keeps it', () => {
    const plan = scene({ 'a/b/attune-agent': 'old' });
    const old = openSync(plan.target, 'r');
    installFile(plan);
    expect(readFileSync(old, 'utf8')).toBe('old');
    closeSync(old);
    expect(readFileSync(plan.target, 'utf8')).toBe(text);
  });

  test('where it fails, nothing is left beside', () => {
    const plan = scene({ 'a/b/attune-agent/occupied': '' });
    expect(() => installFile(plan)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(readdirSync(join(plan.folder, 'a/b'))).toEqual(['attune-agent']);
  });
});
