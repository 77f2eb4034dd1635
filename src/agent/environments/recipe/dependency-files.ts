import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionConfig } from '../../../contract/runtime.ts';

/**
 * The files in which a pack names its dependencies for a runtime: the manifest, and the lock files that may lie beside it.
 * @returns absolute paths; none where the pack has no manifest
 */
export async function findDependencyFiles(
  packDirectory: string,
  { dependencies, environment }: ExecutionConfig,
): Promise<string[]> {
  const name = dependencies?.manifest_file ?? environment?.dependency_file;
  if (name === undefined) return [];
  const manifest = join(packDirectory, name);
  const isThere = await stat(manifest).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (!isThere) return [];
  return [manifest, ...(dependencies?.lock_files ?? []).map((file) => join(packDirectory, file))];
}
