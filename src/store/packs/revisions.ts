import type { ActionDefinition } from '../../contract/action.ts';
import type { PackRevision } from '../../contract/pack.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import { json, type Queries, type Sql } from '../connect.ts';
import type { NewPack } from './save.ts';

/** Keeps what the pack is now, and makes it the current revision; part of `savePack`. */
export async function saveRevision(
  sql: Queries,
  { definition, digest, actions, runtimes }: NewPack,
): Promise<void> {
  await sql`
    INSERT INTO pack_revision (digest, ref, definition) VALUES (${digest}, ${definition.ref}, ${json(sql, definition)})
    ON CONFLICT (digest) DO UPDATE SET definition = excluded.definition, retired = NULL`;
  await sql`
    UPDATE pack_revision SET retired = now()
    WHERE ref = ${definition.ref} AND digest <> ${digest} AND retired IS NULL`;
  await sql`
    INSERT INTO action_revision (digest, action, definition, runtime)
    SELECT ${digest}, action, definition::json, runtime::json
    FROM unnest(
      ${actions.map(({ ref }) => ref)}::text[],
      ${actions.map((action) => JSON.stringify(action))}::text[],
      ${actions.map((action) => ownRuntime(action, runtimes))}::text[]
    ) AS new (action, definition, runtime)
    ON CONFLICT (digest, action) DO UPDATE SET definition = excluded.definition, runtime = excluded.runtime`;
}

function ownRuntime(action: ActionDefinition, runtimes: readonly RuntimeDefinition[]): string | null {
  const wanted = canonicalRuntime(action.runner_type);
  const own = runtimes.find(({ name, aliases }) => [name, ...aliases].map(canonicalRuntime).includes(wanted));
  return own === undefined ? null : JSON.stringify(own);
}

/**
 * Removes revisions that were replaced so long ago and that no unfinished execution names. Younger ones stay: a server that has not
 * heard of the change may still request with them.
 * @returns those removed, at most `limit`
 */
export async function removeRevisions(
  sql: Sql,
  { olderThanSeconds, limit }: { readonly olderThanSeconds: number; readonly limit: number },
): Promise<PackRevision[]> {
  return sql<PackRevision[]>`
    DELETE FROM pack_revision WHERE digest IN (
      SELECT digest FROM pack_revision AS old
      WHERE retired < now() - make_interval(secs => ${olderThanSeconds})
        -- Each state by itself, as each has an index of its own.
        AND NOT EXISTS (SELECT FROM execution WHERE state = 'requested' AND pack_digest = old.digest)
        AND NOT EXISTS (SELECT FROM execution WHERE state = 'scheduled' AND pack_digest = old.digest)
        AND NOT EXISTS (
          SELECT FROM execution
          WHERE state IN ('running', 'canceling')
            -- One without a digest is of before there were revisions, and runs in any of them.
            AND (pack_digest = old.digest OR pack_digest IS NULL AND split_part(action, '.', 1) = old.ref)
        )
      ORDER BY retired LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) RETURNING ref, digest`;
}

/** The current revisions of all packs, by ref. */
export async function currentRevisions(sql: Sql): Promise<PackRevision[]> {
  return sql<PackRevision[]>`SELECT ref, digest FROM pack ORDER BY ref`;
}

/** The digests of all revisions that are kept of a pack. */
export async function listDigests(sql: Sql, ref: string): Promise<string[]> {
  const rows = await sql<{ digest: string }[]>`SELECT digest FROM pack_revision WHERE ref = ${ref}`;
  return rows.map(({ digest }) => digest);
}
