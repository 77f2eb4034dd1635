import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The outermost folder above `path` that an account without rights of its own may not enter, such as `/root`.
 * @returns undefined where everybody can get to `path`
 */
export async function closedFolderAbove(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  if (parent === path) return undefined;
  const above = await closedFolderAbove(parent);
  if (above !== undefined) return above;
  const { mode } = await stat(parent);
  return (mode & everybodyMayEnter) === 0 ? parent : undefined;
}

const everybodyMayEnter = 0o001;
