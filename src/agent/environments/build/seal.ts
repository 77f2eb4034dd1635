import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Who gets what was installed. */
export interface Owners {
  /** The user of the installer, where that is not ours. */
  readonly installer: number | undefined;
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Files that are flushed at a time: Node has four threads for it. */
const atOnce = 4;
const writeBits = 0o222;

/**
 * Makes a finished build last: everything is on disk before anybody can see it, and nobody can write it any more. From the top down, so that the installer's user,
 * which may have other processes, can put nothing else in place of what we look at.
 */
export async function seal(folder: string, owners: Owners): Promise<void> {
  await sealOne(folder, owners);
  const names = await readdir(folder);
  for (let first = 0; first < names.length; first += atOnce)
    await Promise.all(
      names.slice(first, first + atOnce).map((name) => sealEntry(join(folder, name), owners)),
    );
}

async function sealEntry(path: string, owners: Owners): Promise<void> {
  const facts = await lstat(path);
  if (facts.isDirectory()) await seal(path, owners);
  else if (facts.isFile()) await sealOne(path, owners);
}

async function sealOne(path: string, { installer }: Owners): Promise<void> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const facts = await file.stat();
    // Another name of the same file may lie in a cache of the installer, or belong to somebody else.
    if (facts.isDirectory() || facts.nlink === 1) await takeAway(file, facts, installer);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function takeAway(
  file: FileHandle,
  { mode, uid }: Stats,
  installer: number | undefined,
): Promise<void> {
  if (uid === installer) await file.chown(process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await file.chmod(mode & 0o7777 & ~writeBits);
}
