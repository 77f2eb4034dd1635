import type { Sql } from '../../store/connect.ts';
import { listDigests, removeRevisions } from '../../store/packs.ts';
import { pruneVersions } from './prune-versions.ts';

/**
 * Seconds for which a revision that was replaced stays in any case: servers that have not heard of the change request with it for
 * a while (src/server/executions/action-catalog.ts).
 */
const grace = 3600;
/** Small, as each may take hundreds of megabytes with it. */
const batch = 5;

/**
 * Removes the revisions of packs that nothing needs any more, and their files in the folder of all packs. Every server does so.
 * @returns how many were removed
 */
export async function forgetRevisions(sql: Sql, packsDirectory: string): Promise<number> {
  let removed = 0;
  let last: number;
  do {
    last = (await removeRevisions(sql, { olderThanSeconds: grace, limit: batch })).length;
    removed += last;
  } while (last === batch);
  await pruneVersions(packsDirectory, (ref) => listDigests(sql, ref));
  return removed;
}
