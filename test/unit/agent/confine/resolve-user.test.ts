import { describe, expect, test } from 'vitest';
import { parseAccounts } from '../../../../src/agent/confine/accounts.ts';
import { resolveUser } from '../../../../src/agent/confine/resolve-user.ts';
import { askedUser } from '../../../../src/agent/confine/types.ts';

const passwd = `root:x:0:0:root:/root:/bin/sh
# a remark
app:x:1000:100:The application,,,:/srv/app:/bin/false

+::::::
homeless:x:1001:1001::
`;
const group = `root:x:0:
users:x:100:
video:x:44:app,other
sudo:*:27:other,app
`;
const accounts = parseAccounts(passwd, group);
const bare = parseAccounts(undefined, undefined);

function resolve(text: string, known = accounts) {
  return resolveUser(askedUser.parse(text), known);
}

describe('the user', () => {
  const app = { uid: 1000, gid: 100, groups: [44, 27], name: 'app', home: '/srv/app' };

  test.for([
    ['app', app],
    ['1000', app],
    ['app:sudo', { ...app, gid: 27, groups: [] }],
    ['1000:1000', { ...app, gid: 1000, groups: [] }],
    ['app:users,video,4711', { ...app, gid: 100, groups: [44, 4711] }],
    ['homeless', { uid: 1001, gid: 1001, groups: [], name: 'homeless', home: '/' }],
    ['65532', { uid: 65_532, gid: 65_532, groups: [], name: undefined, home: '/' }],
  ] as const)('%s', ([text, expected]) => {
    expect(resolve(text)).toEqual(expected);
  });

  test('of an image without accounts, by number', () => {
    expect(resolve('1000:5,6', bare)).toEqual({ uid: 1000, gid: 5, groups: [6], name: undefined, home: '/' });
  });

  test.for([
    ['nobody', accounts, 'ATTUNE_JOB_USER names the user "nobody", which /etc/passwd does not have'],
    ['app:staff', accounts, 'ATTUNE_JOB_USER names the group "staff", which /etc/group does not have'],
    ['app', bare, 'but this container has no /etc/passwd to look it up in: give numbers, like 1000:1000'],
    ['1000:staff', bare, 'but this container has no /etc/group'],
  ] as const)('%s of %j is not known', ([text, known, message]) => {
    expect(() => resolve(text, known)).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.stringContaining(message) as unknown,
      }),
    );
  });
});
