import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A user and group by number: the account needs no name, and may not exist at all. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** "nobody" on every Linux; the number works where no such user is on record. */
const nobody: Account = { uid: 65_534, gid: 65_534 };

/**
 * The account that PostgreSQL runs as, because it refuses root: the owner of data that exist, else the user `postgres`, else
 * nobody. No user is ever created.
 * @returns undefined where we are not root, and PostgreSQL runs as ourselves
 */
export async function serverAccount(dataFolder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await ownerOf(join(dataFolder, 'PG_VERSION'))) ?? (await postgresUser()) ?? nobody;
}

async function ownerOf(path: string): Promise<Account | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function postgresUser(): Promise<Account | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const found = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd);
  return found === null ? undefined : { uid: Number(found[1]), gid: Number(found[2]) };
}
