import type { ActionDefinition } from '../../contract/action.ts';
import type { PackDefinition } from '../../contract/pack.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import { replaceActions } from '../actions.ts';
import { json, type Queries, type Sql } from '../connect.ts';
import { replaceRuntimes } from '../runtimes.ts';
import { storeArchive } from './archive.ts';
import { saveRevision } from './revisions.ts';

/** A pack as its folder was read. `digest` changes when any of its files changes. */
export interface NewPack {
  readonly definition: PackDefinition;
  readonly digest: string;
  readonly actions: readonly ActionDefinition[];
  readonly runtimes: readonly RuntimeDefinition[];
  /** Makes its archive, a tar.gz; not called where it is stored already. */
  readonly archive: () => AsyncIterable<Uint8Array>;
}

/**
 * Stores a pack in the place of what it was before, its actions and runtimes included, all or nothing. What it was before stays as
 * a revision.
 * @param install puts its files where workers look; meanwhile no other server changes the same pack. Where it fails nothing is stored
 * @throws AttuneError `duplicate_runtime` where another pack defines a runtime of the same name; whatever `install` throws
 */
export async function savePack(
  sql: Sql,
  pack: NewPack,
  install: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { definition, digest, actions, runtimes } = pack;
  await sql.begin(async (transaction) => {
    await lockPack(transaction, definition.ref);
    await saveRevision(transaction, pack);
    await storeArchive(transaction, pack);
    const [row] = await transaction<{ pack: number }[]>`
      INSERT INTO pack (ref, definition, digest) VALUES (${definition.ref}, ${json(sql, definition)}, ${digest})
      ON CONFLICT (ref) DO UPDATE SET definition = excluded.definition, digest = excluded.digest, updated = now()
      RETURNING id AS pack, pg_notify('attune_catalog', '')`;
    if (row === undefined) throw new Error('INSERT answered no row');
    await replaceActions(transaction, row.pack, actions);
    await replaceRuntimes(transaction, row.pack, runtimes);
    await install();
  });
}

/** Any number that nothing else locks: "pack" as bytes. */
const packLocks = 0x70_61_63_6b;

/** Until the transaction ends. Two packs whose refs have the same hash wait for each other, which harms nobody. */
async function lockPack(sql: Queries, ref: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${packLocks}, hashtext(${ref}))`;
}
