import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainInstallError } from '../../../../src/agent/install/explain-install-error.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';
import { folderWith } from '../../../support/folder.ts';

const failing = (code: string) => Object.assign(new Error(`${code}: it said no`), { code });

describe('what keeps the agent from being copied', () => {
  test.each([
    ['EROFS', 'read-only: mount the volume writable'],
    ['EACCES', `can't be written by user ${process.getuid?.()}`],
    ['ENOSPC', 'no room'],
    ['EDQUOT', 'no room'],
    ['EISDIR', '/volume/attune-agent is a folder'],
    ['EIO', "can't be copied to /volume: EIO: it said no"],
  ])('%s', (code, words) => {
    const explained = explainInstallError('/volume', failing(code));
    expect(explained.code).toBe('install_failed');
    expect(explained.message).toContain(words);
  });

  test.each(['file', 'file/below'])('a folder that is %s', (path) => {
    const folder = join(folderWith({ file: '' }), path);
    let caught: unknown;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      caught = error;
    }
    expect(explainInstallError(folder, caught).message).toContain('is a file');
  });

  test('an error of our own stays as it is', () => {
    const own = new AttuneError('copy_differs', 'It differs');
    expect(explainInstallError('/volume', own)).toBe(own);
  });
});
