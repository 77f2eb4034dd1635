import { realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Assignment } from '../../../contract/assignment.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';

/** An action's script, both without links: a pack that is replaced meanwhile does not change under the process. */
export interface Script {
  readonly packDirectory: string;
  readonly path: string;
}

/**
 * Finds `<packs>/<pack>/actions/<entry point>`.
 * @throws AttuneError `pack_missing`, `entry_point_missing`, or `entry_point_outside_pack` when it leads out of the pack's
 * folder, by its text or by a link
 */
export async function locateScript(packsDirectory: string, assignment: Assignment): Promise<Script> {
  const { pack, action } = assignment;
  const folder = join(packsDirectory, pack);
  const packDirectory = await realpath(folder).catch((error: unknown) => {
    throw new AttuneError(
      'pack_missing',
      `The pack ${pack} of ${action.ref} is not at ${folder}: mount the packs there, or set ATTUNE_PACKS_BASE_DIR (${describeError(error)})`,
      { cause: error },
    );
  });
  const wanted = resolve(packDirectory, 'actions', action.entry_point);
  assertInside(packDirectory, wanted, assignment);
  const path = await realpath(wanted).catch((error: unknown) => {
    throw new AttuneError(
      'entry_point_missing',
      `The script of ${action.ref} is not there: ${wanted} (entry_point ${action.entry_point}, ${describeError(error)})`,
      { cause: error },
    );
  });
  assertInside(packDirectory, path, assignment);
  return { packDirectory, path };
}

function assertInside(packDirectory: string, path: string, { action }: Assignment): void {
  if (path.startsWith(packDirectory + sep)) return;
  throw new AttuneError(
    'entry_point_outside_pack',
    `The entry_point of ${action.ref}, ${action.entry_point}, leads out of its pack to ${path}: move the script into ${packDirectory}`,
  );
}
