import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key for secret parameters that belongs to the data in `folder`: made once, then kept there, because without it the
 * secrets in the data are lost.
 */
export async function lastingKey(folder: string): Promise<string> {
  const file = join(folder, 'encryption-key');
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
