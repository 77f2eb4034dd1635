import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The time of a volume, in milliseconds since 1970: what it writes down for a file that is made now. Times of files are compared with this one, and clocks of machines
 * never with each other.
 * @throws errors of the file system where nothing can be written
 */
export async function readVolumeClock(folder: string): Promise<number> {
  const path = join(folder, `.clock.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(path, '');
    return (await stat(path)).mtimeMs;
  } finally {
    await rm(path, { force: true });
  }
}
