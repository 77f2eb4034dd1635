import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionConfig } from '../../../contract/runtime.ts';

/** The file in which a pack names its dependencies for a runtime, where it has one. */
export async function findManifest(
  packDirectory: string,
  config: ExecutionConfig,
): Promise<string | undefined> {
  const name = config.dependencies?.manifest_file ?? config.environment?.dependency_file;
  if (name === undefined) return undefined;
  const path = join(packDirectory, name);
  const isThere = await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
  return isThere ? path : undefined;
}
