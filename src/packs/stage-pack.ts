import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { contentOf } from './content-of.ts';
import type { PackFile } from './pack-files.ts';

/**
 * Copies a pack to a new folder. Everybody may read the copy, as agents run under other users; what was executable
 * stays so. A copy that fails leaves nothing behind.
 */
export async function copyPack(source: string, files: readonly PackFile[], target: string): Promise<void> {
  try {
    await mkdir(target, { recursive: true, mode: 0o755 });
    for (const file of files) {
      await copyEntry(path.join(source, file.path), path.join(target, file.path), file);
    }
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

async function copyEntry(from: string, to: string, file: PackFile): Promise<void> {
  switch (file.kind) {
    case 'folder':
      await mkdir(to, { mode: 0o755 });
      return;
    case 'link':
      return symlink(file.target, to);
    case 'file':
      await copyFile(from, to, constants.COPYFILE_EXCL);
      return chmod(to, file.executable ? 0o755 : 0o644);
  }
}

/** SHA-256, in hexadecimal digits, of everything that a pack consists of: paths, kinds, executable bits, contents. */
export async function digestPack(folder: string, files: readonly PackFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const facts =
      file.kind === 'file' ? `${file.size} ${file.executable}` : file.kind === 'link' ? file.target : '';
    hash.update(JSON.stringify([file.path, file.kind, facts]));
    if (file.kind !== 'file') continue;
    for await (const bytes of contentOf(path.join(folder, file.path))) hash.update(bytes);
  }
  return hash.digest('hex');
}
