import { resolve } from 'node:path';
import type { ActionDefinition } from '../contract/action.ts';
import { packOf } from '../contract/names.ts';
import { AttuneError } from '../shared/errors.ts';
import { loadPack, type LoadedPack } from './load-pack.ts';
import { listPackFiles, type PackFile } from './pack-files.ts';

/** A pack that can be run where it lies. */
export interface LocalPack extends LoadedPack {
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly PackFile[];
}

/**
 * Reads the pack in a folder of this machine.
 * @throws AttuneError `invalid_pack` with every problem
 */
export async function openPack(path: string): Promise<LocalPack> {
  const folder = resolve(path);
  const files = await listPackFiles(folder);
  // A runtime that nobody knows is found missing when the action is run.
  const pack = await loadPack({ folder, files, isKnownRuntime: () => true });
  return { ...pack, folder, files };
}

/**
 * The action that is meant: by its ref, by its name alone, or the only one.
 * @throws AttuneError `unknown_action`, `invalid_arguments` where there are more than one and none is named
 */
export function findAction({ actions, definition }: LocalPack, name: string | undefined): ActionDefinition {
  const names = actions.map(({ ref }) => ref.slice(packOf(ref).length + 1)).join(', ');
  const [first, ...others] = actions;
  if (name === undefined && first !== undefined && others.length === 0) return first;
  if (name === undefined)
    throw new AttuneError(
      'invalid_arguments',
      `The pack ${definition.ref} has several actions, or none: name one of ${names}`,
    );
  const found = actions.find(({ ref }) => ref === name || ref === `${definition.ref}.${name}`);
  if (found !== undefined) return found;
  throw new AttuneError(
    'unknown_action',
    `The pack ${definition.ref} has no action "${name}"; it has ${names}`,
  );
}
