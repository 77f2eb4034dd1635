import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Violation } from '../../contract/problem.ts';
import type { Sql } from '../../store/connect.ts';
import { savePack } from '../../store/packs.ts';
import type { PackStore } from './install-pack.ts';
import { knownRuntimes } from './known-runtimes.ts';
import { loadPack, type LoadedPack } from '../../packs/load-pack.ts';
import { invalidPack, listPackFiles, type PackFile } from '../../packs/pack-files.ts';
import { copyPack, digestPack } from '../../packs/stage-pack.ts';

interface Registration {
  readonly sql: Sql;
  readonly store: PackStore;
}

export interface RegisteredPack {
  readonly pack: LoadedPack;
  readonly warnings: readonly Violation[];
}

/**
 * Checks the pack in a folder of this machine, copies it to where packs live and stores it. What is checked is the copy:
 * it can't change any more. A folder that lies among the packs already is used in place.
 * @throws AttuneError `invalid_pack` with every problem
 */
export async function registerPack(folder: string, registration: Registration): Promise<LoadedPack> {
  const files = await listPackFiles(folder);
  const resident = await registration.store.residentName(folder);
  return resident === undefined
    ? registerCopy(folder, files, registration)
    : registerInPlace(folder, files, { ...registration, resident });
}

async function registerInPlace(
  folder: string,
  files: readonly PackFile[],
  { sql, resident }: Registration & { readonly resident: string },
): Promise<LoadedPack> {
  const pack = await loadPack({ folder, files, isKnownRuntime: await knownRuntimes(sql) });
  if (pack.definition.ref !== resident) {
    const message = `ref: "${pack.definition.ref}" must be the name of its folder, "${resident}"`;
    throw invalidPack([{ path: path.join(resident, 'pack.yaml'), message }]);
  }
  await save(sql, pack, await digestPack(folder, files));
  return pack;
}

async function registerCopy(
  folder: string,
  files: readonly PackFile[],
  { sql, store }: Registration,
): Promise<LoadedPack> {
  const copy = await store.incoming();
  try {
    await copyPack(folder, files, copy);
    const pack = await loadPack({ folder: copy, files, isKnownRuntime: await knownRuntimes(sql) });
    const digest = await digestPack(copy, files);
    await save(sql, pack, digest);
    await store.activate(pack.definition.ref, copy, digest);
    return pack;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function save(sql: Sql, pack: LoadedPack, digest: string): Promise<void> {
  const { definition, actions, runtimes } = pack;
  await savePack(sql, { definition, digest, actions: [...actions], runtimes: [...runtimes] });
}
