import { describe, expect, test } from 'vitest';
import { askedUser, limits, umask } from '../../../../src/agent/confine/types.ts';

const infinity = Number.POSITIVE_INFINITY;

describe('a user', () => {
  test.for([
    ['1000', { user: '1000', group: undefined, groups: [] }],
    ['1000:1001', { user: '1000', group: '1001', groups: [] }],
    ['1000:1001,27,video', { user: '1000', group: '1001', groups: ['27', 'video'] }],
    ['www-data:staff', { user: 'www-data', group: 'staff', groups: [] }],
    [1000, { user: '1000', group: undefined, groups: [] }],
  ] as const)('%s', ([text, expected]) => {
    expect(askedUser.parse(text)).toEqual(expected);
  });

  test.for([
    '-1',
    '1000:',
    ':5',
    '1:2:3',
    '1000,27',
    'a b',
    '1000:a,,b',
    '4294967295',
    '1.5',
    '12ab',
    'root\n',
  ])('%j is none', (text) => {
    expect(askedUser.safeParse(text).error?.message).toContain('must be a user like');
  });
});

describe('limits', () => {
  test.for([
    ['nofile=1024', [{ resource: 'nofile', soft: 1024, hard: 1024 }]],
    [
      'as=2g, core=0',
      [
        { resource: 'as', soft: 2 ** 31, hard: 2 ** 31 },
        { resource: 'core', soft: 0, hard: 0 },
      ],
    ],
    ['nproc=100:unlimited', [{ resource: 'nproc', soft: 100, hard: infinity }]],
    ['fsize=512K:1M', [{ resource: 'fsize', soft: 2 ** 19, hard: 2 ** 20 }]],
    ['stack=unlimited', [{ resource: 'stack', soft: infinity, hard: infinity }]],
    // A second to hear of SIGXCPU before KILL.
    ['cpu=60', [{ resource: 'cpu', soft: 60, hard: 61 }]],
    ['cpu=60:60', [{ resource: 'cpu', soft: 60, hard: 60 }]],
    ['', []],
    [
      { nofile: 64, as: '1g' },
      [
        { resource: 'nofile', soft: 64, hard: 64 },
        { resource: 'as', soft: 2 ** 30, hard: 2 ** 30 },
      ],
    ],
  ] as const)('%j', ([given, expected]) => {
    expect(limits.parse(given)).toEqual(expected);
  });

  test.for([
    ['nofile', 'must be limits like "nofile=1024,as=2g,core=0"'],
    ['files=3', `can't limit "files", only cpu, fsize, data,`],
    ['toString=3', `can't limit "toString"`],
    ['nofile=many', 'must give nofile a whole number, "unlimited"'],
    ['nofile=1k', 'must give nofile a whole number'],
    ['nofile=1:x', 'must give nofile a whole number'],
    ['as=-1', 'must give as a size like 512m'],
    ['as=99999999999g', 'must give as a size like 512m'],
    ['as=1:2:3', 'must give as a size like 512m'],
    ['nproc=', 'must give nproc a whole number'],
    ['nproc=2:1', 'must not give nproc a soft limit above the hard one'],
    ['nproc=unlimited:1', 'must not give nproc a soft limit above the hard one'],
  ] as const)('%s is none: %s', ([text, message]) => {
    expect(limits.safeParse(text).error?.issues[0]?.message).toContain(message);
  });
});

test.for(['022', '22', '0', '0777', 22])('the umask %s', (text) => {
  expect(umask.parse(text)).toBe(String(text));
});

test.for(['8', '1777', 'u=rwx', '', '-22'])('no umask: %j', (text) => {
  expect(umask.safeParse(text).error?.issues[0]?.message).toContain('octal');
});
