import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import type { NewFile } from './skeleton.ts';

/**
 * Writes a pack into a folder that is not there yet; its parents are made. What fails leaves nothing behind.
 * @throws AttuneError `folder_exists`, `file_not_written`
 */
export async function writePack(folder: string, files: readonly NewFile[]): Promise<void> {
  await makeFolder(folder);
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { flag: 'wx' });
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw notWritten(folder, error);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new AttuneError(
        'folder_exists',
        `${folder} is there already: name another pack, or another folder with --dir`,
      );
    throw notWritten(folder, error);
  }
}

function notWritten(folder: string, error: unknown): AttuneError {
  return new AttuneError(
    'file_not_written',
    `The pack can't be written to ${folder}: ${describeError(error)}`,
    {
      cause: error,
    },
  );
}
