import type { PackRevision } from '../../contract/pack.ts';
import type { Queries, Sql } from '../connect.ts';
import type { NewPack } from './save.ts';

/** What one row holds, in bytes: little memory for whoever reads, few rows for whoever writes. */
const partBytes = 1024 * 1024;

/** Stores the archive of a revision that has none yet; part of `savePack`. */
export async function storeArchive(sql: Queries, { digest, archive }: NewPack): Promise<void> {
  const [stored] = await sql`SELECT FROM pack_revision WHERE digest = ${digest} AND archive_size IS NOT NULL`;
  if (stored !== undefined) return;
  let part = 0;
  let size = 0;
  for await (const bytes of inParts(archive())) {
    await sql`INSERT INTO pack_archive (digest, part, bytes) VALUES (${digest}, ${part}, ${bytes})`;
    part += 1;
    size += bytes.length;
  }
  await sql`UPDATE pack_revision SET archive_size = ${size} WHERE digest = ${digest}`;
}

/** An archive that is stored. */
export interface StoredArchive extends PackRevision {
  /** Bytes. */
  readonly size: number;
}

/** The archive of a revision; without a digest that of the current one. `undefined` where there is none. */
export async function findArchive(
  sql: Sql,
  { ref, digest }: { readonly ref: string; readonly digest?: string | undefined },
): Promise<StoredArchive | undefined> {
  const [row] = await sql<StoredArchive[]>`
    SELECT ref, digest, archive_size AS size FROM pack_revision
    WHERE ref = ${ref} AND archive_size IS NOT NULL
      AND digest = coalesce(${digest ?? null}, (SELECT digest FROM pack WHERE ref = ${ref}))`;
  return row;
}

/** The bytes of a stored archive, part by part. It ends early where the revision is removed meanwhile. */
export async function* readArchive(sql: Sql, digest: string): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const [row] = await sql<{ bytes: Uint8Array }[]>`
      SELECT bytes FROM pack_archive WHERE digest = ${digest} AND part = ${part}`;
    if (row === undefined) return;
    yield row.bytes;
  }
}

async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source) {
    pieces.push(piece);
    length += piece.length;
    if (length < partBytes) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(pieces);
}
