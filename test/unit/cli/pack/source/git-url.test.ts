import { describe, expect, test } from 'vitest';
import { isGitUrl, parseGitUrl } from '../../../../../src/cli/pack/source/git-url.ts';

test.each([
  ['https://host/packs.git', true],
  ['git+https://host/packs', true],
  ['ssh://git@host:22/packs', true],
  ['git://host/packs', true],
  ['file:///srv/packs', true],
  ['git@host:team/packs.git', true],
  ['./packs/core', false],
  ['/packs/core.tar.gz', false],
  ['core', false],
  ['C:/packs', false],
  ['ext::sh -c true', false],
  ['-oProxyCommand=x@host:y', false],
])('%s is a git URL: %s', (text, expected) => {
  expect(isGitUrl(text)).toBe(expected);
});

describe('a git URL', () => {
  test.each([
    ['https://host/a.git', 'https://host/a.git', undefined],
    ['https://host/a.git#v1.0', 'https://host/a.git', 'v1.0'],
    ['git+ssh://git@host/a#feature/x', 'ssh://git@host/a', 'feature/x'],
    ['git@host:a/b.git#0a1b2c', 'git@host:a/b.git', '0a1b2c'],
    ['file:///srv/a', 'file:///srv/a', undefined],
  ])('%s', (text, url, ref) => {
    expect(parseGitUrl(text)).toEqual({ url, ref, authorization: undefined });
  });

  test.each([
    ['https://me:p%40ss@host:8443/a.git#main', 'https://host:8443/a.git', 'me:p@ss'],
    ['https://token@host/a', 'https://host/a', 'token:'],
  ])('%s: credentials stand apart', (text, url, credentials) => {
    const { authorization, ...rest } = parseGitUrl(text);
    expect(rest.url).toBe(url);
    expect(authorization).toBe(`Basic ${Buffer.from(credentials).toString('base64')}`);
  });

  test.each(['-o', '+x', 'a b', 'a..b:c', 'a~1', 'a^', 'a*', 'a:b', ''])('has no ref %j', (ref) => {
    expect(() => parseGitUrl(`https://host/a#${ref}`)).toThrow('is no branch, tag or commit');
  });

  test.each(['ssh://me:secret@host/a', 'https://me:secret@:x/'])(
    '%s is refused, and its secret not told',
    (text) => {
      expect(() => parseGitUrl(text)).toThrow(expect.objectContaining({ code: 'invalid_arguments' }));
      expect(() => parseGitUrl(text)).not.toThrow(/secret/);
    },
  );
});
