import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { Assignment } from '../../../contract/assignment.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import { markOf } from '../../packs/mark.ts';
import type { ProvidedPack } from '../../packs/packs.ts';

/** An action's script, both without links: a pack that is replaced meanwhile does not change under the process. */
export interface Script {
  readonly packDirectory: string;
  readonly path: string;
}

/** What was found, and by what one sees that it would be found again: pack and script are the same files, unchanged. */
interface Found {
  readonly script: Script;
  readonly wanted: string;
  readonly marks: string;
}

type Pack = Pick<ProvidedPack, 'folder' | 'mark'>;

/** More scripts than any worker runs in turn. */
const mostFound = 1000;

/**
 * Makes the function that finds `<pack>/actions/<entry point>`: by one look at the disk where it has found the same one before, instead of
 * one for each part of its path; the answer then is the very same object. Synchronously: that takes microseconds, a way through
 * the thread pool ten times as long, and who starts the process waits for the same folder.
 *
 * The function throws an AttuneError `entry_point_missing`, or `entry_point_outside_pack` when it leads out of the pack's folder, by its
 * text or by a link.
 */
export function createScriptLocator(): (assignment: Assignment, pack: Pack) => Script {
  const known = new Map<string, Found>();
  return (assignment, pack) => {
    const key = `${pack.folder}/${assignment.action.entry_point}`;
    const last = known.get(key);
    if (last !== undefined && last.marks === marksOf(pack, last.wanted)) return last.script;
    const { script, wanted } = locate(assignment, pack.folder);
    if (known.size >= mostFound) known.clear();
    known.set(key, { script, wanted, marks: marksOf(pack, wanted) });
    return script;
  };
}

function locate(assignment: Assignment, packDirectory: string): Omit<Found, 'marks'> {
  const { action } = assignment;
  const wanted = resolve(packDirectory, 'actions', action.entry_point);
  assertInside(packDirectory, wanted, assignment);
  const path = resolveLinks(wanted, (reason) => [
    'entry_point_missing',
    `The script of ${action.ref} is not there: ${wanted} (entry_point ${action.entry_point}, ${reason})`,
  ]);
  assertInside(packDirectory, path, assignment);
  return { script: { packDirectory, path }, wanted };
}

function marksOf({ mark }: Pack, wanted: string): string {
  return `${mark} ${markOf(wanted)}`;
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
