import { realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { Assignment } from '../../../contract/assignment.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';

/** An action's script, both without links: a pack that is replaced meanwhile does not change under the process. */
export interface Script {
  readonly packDirectory: string;
  readonly path: string;
}

/** What was found, and by what one sees that it would be found again: folder and script are the same files, unchanged. */
interface Found {
  readonly script: Script;
  readonly folder: string;
  readonly wanted: string;
  readonly marks: string;
}

/** More scripts than any worker runs in turn. */
const mostFound = 1000;

/**
 * Makes the function that finds `<packs>/<pack>/actions/<entry point>`: by two looks at the disk where it has found the same one before, instead of
 * one for each part of its path; the answer then is the very same object. Synchronously: that takes microseconds, a way through
 * the thread pool ten times as long, and who starts the process waits for the same folder.
 *
 * The function throws an AttuneError `pack_missing`, `entry_point_missing`, or `entry_point_outside_pack` when it leads out of the
 * pack's folder, by its text or by a link.
 */
export function createScriptLocator(packsDirectory: string): (assignment: Assignment) => Script {
  const known = new Map<string, Found>();
  return (assignment) => {
    const key = `${assignment.pack.ref}/${assignment.action.entry_point}`;
    const last = known.get(key);
    if (last !== undefined && last.marks === marksOf(last)) return last.script;
    const found = locate(packsDirectory, assignment);
    if (known.size >= mostFound) known.clear();
    known.set(key, { ...found, marks: marksOf(found) });
    return found.script;
  };
}

function locate(packsDirectory: string, assignment: Assignment): Omit<Found, 'marks'> {
  const { pack, action } = assignment;
  const folder = join(packsDirectory, pack.ref);
  const packDirectory = resolveLinks(folder, (reason) => [
    'pack_missing',
    `The pack ${pack.ref} of ${action.ref} is not at ${folder}: mount the packs there, or set ATTUNE_PACKS_BASE_DIR (${reason})`,
  ]);
  const wanted = resolve(packDirectory, 'actions', action.entry_point);
  assertInside(packDirectory, wanted, assignment);
  const path = resolveLinks(wanted, (reason) => [
    'entry_point_missing',
    `The script of ${action.ref} is not there: ${wanted} (entry_point ${action.entry_point}, ${reason})`,
  ]);
  assertInside(packDirectory, path, assignment);
  return { script: { packDirectory, path }, folder, wanted };
}

function marksOf({ folder, wanted }: Pick<Found, 'folder' | 'wanted'>): string {
  return `${markOf(folder)} ${markOf(wanted)}`;
}

function markOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 'gone' : `${stats.dev}:${stats.ino}:${stats.ctimeMs}`;
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
