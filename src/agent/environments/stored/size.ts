import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Source: stat(2), whatever the volume's own blocks are. */
const blockBytes = 512;

/** The bytes that a file, or a folder with all that is in it, takes on its volume. What vanishes meanwhile counts nothing. */
export async function sizeOf(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return 0;
  const own = facts.blocks * blockBytes;
  if (!facts.isDirectory()) return own;
  let total = own;
  for (const name of await readdir(path).catch(() => [])) total += await sizeOf(join(path, name));
  return total;
}
