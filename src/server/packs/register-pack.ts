import { rm } from 'node:fs/promises';
import path from 'node:path';
import { archivePack } from '../../packs/archive/archive-pack.ts';
import { loadPack, type LoadedPack } from '../../packs/load-pack.ts';
import { invalidPack, listPackFiles, type PackFile } from '../../packs/pack-files.ts';
import { copyPack, digestPack } from '../../packs/stage-pack.ts';
import type { Sql } from '../../store/connect.ts';
import { savePack } from '../../store/packs.ts';
import type { PackStore } from './install-pack.ts';
import { knownRuntimes } from './known-runtimes.ts';

export interface Registration {
  readonly sql: Sql;
  readonly store: PackStore;
}

/**
 * Checks the pack in a folder of this machine, copies it to where packs live and stores it. What is checked is the copy:
 * it can't change any more. A folder that lies among the packs already is used in place.
 * @throws AttuneError `invalid_pack` with every problem
 */
export async function registerPack(folder: string, registration: Registration): Promise<LoadedPack> {
  const resident = await registration.store.residentName(folder);
  return resident === undefined
    ? registerCopy(folder, registration)
    : registerInPlace(folder, resident, registration);
}

async function registerInPlace(folder: string, resident: string, { sql }: Registration): Promise<LoadedPack> {
  const files = await listPackFiles(folder);
  const pack = await loadPack({ folder, files, isKnownRuntime: await knownRuntimes(sql) });
  if (pack.definition.ref !== resident) {
    const message = `ref: "${pack.definition.ref}" must be the name of its folder, "${resident}"`;
    throw invalidPack([{ path: path.join(resident, 'pack.yaml'), message }]);
  }
  await savePack(sql, await toStore(pack, folder, files));
  return pack;
}

/** Registers a copy of the pack in a folder of this machine, wherever it lies. */
export async function registerCopy(folder: string, { sql, store }: Registration): Promise<LoadedPack> {
  const files = await listPackFiles(folder);
  const copy = await store.incoming();
  try {
    await copyPack(folder, files, copy);
    const pack = await loadPack({ folder: copy, files, isKnownRuntime: await knownRuntimes(sql) });
    const stored = await toStore(pack, copy, files);
    await savePack(sql, stored, () => store.activate(pack.definition.ref, copy, stored.digest));
    return pack;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function toStore(pack: LoadedPack, folder: string, files: readonly PackFile[]) {
  const { definition, actions, runtimes } = pack;
  const digest = await digestPack(folder, files);
  return { definition, digest, actions, runtimes, archive: () => archivePack(folder, files) };
}
