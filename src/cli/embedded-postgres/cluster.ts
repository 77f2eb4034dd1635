import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Account } from './account.ts';
import { closedFolderAbove } from './reachable.ts';

/** The one user of an embedded PostgreSQL, and its owner. */
export const databaseUser = 'attune';

/** The data of one PostgreSQL server and what it takes to use them. */
export interface Cluster {
  readonly data: string;
  readonly password: string;
}

export interface ClusterOptions {
  readonly folder: string;
  readonly initdb: string;
  readonly account: Account | undefined;
  readonly initdbFlags: readonly string[];
}

/**
 * Finds the data that an earlier run left below `folder`, or makes new ones, which appear there only when complete.
 * @throws AttuneError `unusable_data_folder`, `embedded_postgres_failed`
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const data = join(options.folder, 'data');
  const passwordFile = join(options.folder, 'password');
  const made = await stat(data).catch(() => undefined);
  if (made === undefined) await makeCluster(data, passwordFile, options);
  return { data, password: (await readFile(passwordFile, 'utf8')).trim() };
}

/** Makes the folder that holds everything; the account may pass through it but not look into it. */
export async function prepareFolder(folder: string, account: Account | undefined): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await chmod(folder, account === undefined ? 0o700 : 0o711);
  } catch (error) {
    throw unusable(folder, describeError(error), error);
  }
  if (account === undefined) return;
  const closed = await closedFolderAbove(join(folder, 'data'));
  if (closed !== undefined)
    throw unusable(
      folder,
      `PostgreSQL refuses root, and the user it runs as instead may not enter ${closed}`,
    );
}

async function makeCluster(
  data: string,
  passwordFile: string,
  { initdb, account, initdbFlags }: ClusterOptions,
): Promise<void> {
  const unfinished = `${data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (account !== undefined)
    await Promise.all([unfinished, passwordFile].map((path) => chown(path, account.uid, account.gid)));
  const argv = [
    `--pgdata=${unfinished}`,
    `--username=${databaseUser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...initdbFlags,
  ];
  try {
    await promisify(execFile)(initdb, argv, { ...account, env: { LC_ALL: 'C', TZ: 'UTC' }, cwd: '/' });
  } catch (error) {
    const message = `PostgreSQL's data could not be made in ${data}: ${describeError(error)}`;
    throw new AttuneError('embedded_postgres_failed', message, { cause: error });
  }
  await rename(unfinished, data);
}

function unusable(folder: string, reason: string, cause?: unknown): AttuneError {
  const message = `${folder} can't hold PostgreSQL's data: ${reason}. Choose another folder with --data-dir, such as /var/lib/attune.`;
  return new AttuneError('unusable_data_folder', message, { cause });
}
