/** The accounts of a container, as its files tell them; `undefined` where there is no such file. */
export interface Accounts {
  readonly users: readonly UserEntry[] | undefined;
  readonly groups: readonly GroupEntry[] | undefined;
}

export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/**
 * Reads the text of `/etc/passwd` and `/etc/group`, where there are such files: see passwd(5) and group(5). Lines that are none of theirs are
 * passed over, as every reader of these files does.
 */
export function parseAccounts(passwd: string | undefined, group: string | undefined): Accounts {
  return {
    users: passwd?.split('\n').flatMap(parseUser),
    groups: group?.split('\n').flatMap(parseGroup),
  };
}

function parseUser(line: string): UserEntry[] {
  const [name = '', , uid, gid, , home = ''] = line.split(':');
  if (name === '' || !isNumber(uid) || !isNumber(gid)) return [];
  return [{ name, uid: Number(uid), gid: Number(gid), home: home === '' ? '/' : home }];
}

function parseGroup(line: string): GroupEntry[] {
  const [name = '', , gid, members = ''] = line.split(':');
  if (name === '' || !isNumber(gid)) return [];
  return [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }];
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text);
}
