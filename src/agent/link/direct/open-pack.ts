import type { PackRevision } from '../../../contract/pack.ts';
import { AttuneError } from '../../../shared/errors.ts';
import { databaseError, type Sql } from '../../../store/connect.ts';
import { findArchive, readArchive } from '../../../store/packs.ts';

/**
 * Reads the archive of a revision from the database, part by part.
 * @throws AttuneError `pack_missing`, and those of the database
 */
export async function* openPack(sql: Sql, revision: PackRevision): AsyncGenerator<Uint8Array> {
  try {
    const archive = await findArchive(sql, revision);
    if (archive === undefined) throw missing(revision);
    yield* readArchive(sql, archive.digest);
  } catch (error) {
    throw databaseError(error);
  }
}

function missing({ ref, digest }: PackRevision): AttuneError {
  return new AttuneError(
    'pack_missing',
    `The pack ${ref} is not here, and the control plane keeps no archive of it (digest ${digest}): register it again, or mount the packs and let ATTUNE_PACKS_BASE_DIR name their folder`,
  );
}
