import { realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { Assignment } from '../../../contract/assignment.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';

/** An action's script, both without links: a pack that is replaced meanwhile does not change under the process. */
export interface Script {
  readonly packDirectory: string;
  readonly path: string;
}

/**
 * Finds `<packs>/<pack>/actions/<entry point>`. Synchronously: that takes microseconds, a way through the thread pool ten times as long, and who starts
 * the process waits for the same folder.
 * @throws AttuneError `pack_missing`, `entry_point_missing`, or `entry_point_outside_pack` when it leads out of the pack's
 * folder, by its text or by a link
 */
export function locateScript(packsDirectory: string, assignment: Assignment): Script {
  const { pack, action } = assignment;
  const folder = join(packsDirectory, pack);
  const packDirectory = resolveLinks(folder, (reason) => [
    'pack_missing',
    `The pack ${pack} of ${action.ref} is not at ${folder}: mount the packs there, or set ATTUNE_PACKS_BASE_DIR (${reason})`,
  ]);
  const wanted = resolve(packDirectory, 'actions', action.entry_point);
  assertInside(packDirectory, wanted, assignment);
  const path = resolveLinks(wanted, (reason) => [
    'entry_point_missing',
    `The script of ${action.ref} is not there: ${wanted} (entry_point ${action.entry_point}, ${reason})`,
  ]);
  assertInside(packDirectory, path, assignment);
  return { packDirectory, path };
}

function resolveLinks(path: string, explain: (reason: string) => readonly [string, string]): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const [code, message] = explain(describeError(error));
    throw new AttuneError(code, message, { cause: error });
  }
}

function assertInside(packDirectory: string, path: string, { action }: Assignment): void {
  if (path.startsWith(packDirectory + sep)) return;
  throw new AttuneError(
    'entry_point_outside_pack',
    `The entry_point of ${action.ref}, ${action.entry_point}, leads out of its pack to ${path}: move the script into ${packDirectory}`,
  );
}
