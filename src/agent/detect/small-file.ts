import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** No file that names a version is as long. */
const mostBytes = 64 * 1024;

/** The start of a file's text; empty where it can't be read or is no plain file: a pipe would keep us waiting, a device never end. */
export async function readSmallFile(path: string): Promise<string> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return '';
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
