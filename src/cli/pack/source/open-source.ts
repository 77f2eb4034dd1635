import { createReadStream } from 'node:fs';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { archivePack } from '../../../packs/archive/archive-pack.ts';
import { listPackFiles } from '../../../packs/pack-files.ts';
import { AttuneError } from '../../../shared/errors.ts';
import { fetchRepository, type GitCircumstances } from './fetch-repository.ts';
import { isGitUrl, parseGitUrl } from './git-url.ts';

export interface PackSource {
  /** A folder or an archive of this machine, or the URL of a git repository. */
  readonly source: string;
  /** Where the pack lies in the repository. */
  readonly subfolder: string | undefined;
}

/**
 * Makes an archive of a pack, wherever it lies, and hands it to `use`; what was fetched for that is gone afterwards.
 * @throws AttuneError `source_missing`, `invalid_pack`, `invalid_arguments`, `git_missing`, `git_failed`; what `use` throws
 */
export async function withArchive<Result>(
  { source, subfolder }: PackSource,
  circumstances: GitCircumstances,
  use: (archive: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  if (!isGitUrl(source)) {
    if (subfolder !== undefined)
      throw new AttuneError('invalid_arguments', '--subfolder is for git repositories');
    return use(await archiveOf(source));
  }
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'attune-git-'));
  try {
    await fetchRepository(parseGitUrl(source), folder, circumstances);
    return await use(await archiveFolder(await folderIn(folder, subfolder)));
  } finally {
    // A git that was called off may still write.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function archiveOf(path: string): Promise<AsyncIterable<Uint8Array>> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory() === true) return archiveFolder(resolve(path));
  if (facts?.isFile() === true) return createReadStream(path);
  throw new AttuneError(
    'source_missing',
    `There is no folder or archive ${path} on this machine. A folder of the server's machine is meant by: attune pack register --on-server ${path}`,
  );
}

async function archiveFolder(folder: string): Promise<AsyncIterable<Uint8Array>> {
  return archivePack(folder, await listPackFiles(folder));
}

async function folderIn(repository: string, subfolder = '.'): Promise<string> {
  const folder = await realpath(join(repository, subfolder)).catch(() => undefined);
  if (folder === undefined)
    throw new AttuneError('source_missing', `The repository has no folder ${subfolder}`);
  const inner = relative(repository, folder);
  if (!inner.startsWith('..') && !isAbsolute(inner)) return folder;
  throw new AttuneError('invalid_arguments', `--subfolder ${subfolder} leads out of the repository`);
}
