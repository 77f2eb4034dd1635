import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Configuration } from '../../shared/config/setting.ts';
import type { agentSettings } from '../settings.ts';

type Settings = Pick<
  Configuration<typeof agentSettings>,
  'packsCacheDirectory' | 'runtimeEnvironmentsDirectory' | 'temporaryDirectory'
>;

/** The folder of the packs that are fetched: the one that is set, else one beside the environments where that can be made, else one for temporary files. */
export function packsCacheDirectory(config: Settings): string {
  if (config.packsCacheDirectory !== undefined) return config.packsCacheDirectory;
  const beside = join(dirname(config.runtimeEnvironmentsDirectory), 'packs_cache');
  return canBeWritten(beside) ? beside : join(config.temporaryDirectory, 'attune-packs');
}

/** A folder that is not there yet can be made in the nearest one above it. */
function canBeWritten(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false }) === undefined && dirname(path) !== path)
    return canBeWritten(dirname(path));
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
