import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { unpackArchive } from '../../packs/archive/unpack.ts';
import type { LoadedPack } from '../../packs/load-pack.ts';
import type { PackStore } from './install-pack.ts';

/**
 * Unpacks an archive for its registration: tar or tar.gz, with pack.yaml at its top, or in the one folder that it holds.
 * @param register registers what is in a folder, which is gone afterwards
 * @throws AttuneError `invalid_pack` with every problem
 */
export async function uploadPack(
  archive: AsyncIterable<Uint8Array>,
  {
    store,
    register,
  }: { readonly store: PackStore; readonly register: (folder: string) => Promise<LoadedPack> },
): Promise<LoadedPack> {
  const unpacked = await store.incoming();
  try {
    await unpackArchive(archive, unpacked);
    return await register(await topOf(unpacked));
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** Archives of repositories hold one folder, which holds the rest. */
async function topOf(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder);
  if (only === undefined || others.length > 0) return folder;
  const inner = path.join(folder, only);
  return (await stat(inner).catch(() => undefined))?.isDirectory() === true ? inner : folder;
}
