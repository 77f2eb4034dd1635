import { listPackFiles } from '../../packs/pack-files.ts';
import { digestPack } from '../../packs/stage-pack.ts';

/** Whether a folder holds exactly what the digest was made of. */
export async function isIntact(folder: string, digest: string): Promise<boolean> {
  try {
    return (await digestPack(folder, await listPackFiles(folder))) === digest;
  } catch {
    return false;
  }
}
