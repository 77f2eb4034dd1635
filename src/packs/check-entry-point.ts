import path from 'node:path';
import type { ActionDefinition } from '../contract/action.ts';
import type { PackFile } from './pack-files.ts';

/** Whether an action's script is a file of the pack: `actions/<entry_point>`. Links were checked when the files were listed. */
export function checkEntryPoint(
  { entry_point: entryPoint }: ActionDefinition,
  files: readonly PackFile[],
): string[] {
  if (path.posix.isAbsolute(entryPoint) || entryPoint.includes('\\')) {
    return ['entry_point: must be a path relative to the folder "actions", with "/"'];
  }
  const script = path.posix.join('actions', entryPoint);
  if (!script.startsWith('actions/')) {
    return ['entry_point: must not lead out of the folder "actions"'];
  }
  const file = files.find((candidate) => candidate.path === script);
  if (file === undefined) return [`entry_point: there is no file ${script}`];
  return file.kind === 'folder' ? [`entry_point: ${script} is a folder, not a script`] : [];
}
