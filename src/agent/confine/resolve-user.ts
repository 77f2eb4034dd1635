import { AttuneError } from '../../shared/errors.ts';
import type { JobUser } from '../host/confinement.ts';
import type { Accounts, UserEntry } from './accounts.ts';
import type { AskedUser } from './types.ts';

/** A user, and what `/etc/passwd` says of it where it is there. */
export interface ResolvedUser extends JobUser {
  readonly name: string | undefined;
  readonly home: string;
}

/**
 * Finds out whom ATTUNE_JOB_USER means. Without a group it is the user's own, and those that it is a member of besides; groups that are
 * given are all that there are. A number without an account has the group of the same number and the home `/`.
 * @throws AttuneError `invalid_configuration` for a name that nobody bears
 */
export function resolveUser({ user, group, groups }: AskedUser, accounts: Accounts): ResolvedUser {
  const entry = findUser(user, accounts);
  const uid = entry?.uid ?? Number(user);
  const numbers =
    group === undefined
      ? { gid: entry?.gid ?? uid, groups: groupsOf(entry, accounts) }
      : { gid: findGroup(group, accounts), groups: groups.map((name) => findGroup(name, accounts)) };
  return { uid, ...numbers, name: entry?.name, home: entry?.home ?? '/' };
}

function findUser(user: string, { users }: Accounts): UserEntry | undefined {
  if (isNumber(user)) return users?.find(({ uid }) => uid === Number(user));
  const entry = users?.find(({ name }) => name === user);
  if (entry === undefined) throw unknown('user', user, { file: '/etc/passwd', exists: users !== undefined });
  return entry;
}

function findGroup(group: string, { groups }: Accounts): number {
  if (isNumber(group)) return Number(group);
  const entry = groups?.find(({ name }) => name === group);
  if (entry === undefined)
    throw unknown('group', group, { file: '/etc/group', exists: groups !== undefined });
  return entry.gid;
}

function groupsOf(user: UserEntry | undefined, { groups = [] }: Accounts): number[] {
  if (user === undefined) return [];
  return groups.filter(({ members }) => members.includes(user.name)).map(({ gid }) => gid);
}

function unknown(
  kind: string,
  name: string,
  { file, exists }: { file: string; exists: boolean },
): AttuneError {
  const reason = exists
    ? `which ${file} does not have`
    : `but this container has no ${file} to look it up in`;
  return new AttuneError(
    'invalid_configuration',
    `ATTUNE_JOB_USER names the ${kind} "${name}", ${reason}: give numbers, like 1000:1000`,
  );
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
