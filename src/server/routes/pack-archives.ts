import { Readable } from 'node:stream';
import * as z from 'zod';
import { registerPackReply } from '../../contract/api/register-pack.ts';
import type { LoadedPack } from '../../packs/load-pack.ts';
import { packLimits } from '../../packs/pack-files.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { findArchive, readArchive, type StoredArchive } from '../../store/packs.ts';
import { refPath, type App } from '../http/app-type.ts';
import { isKnown } from '../http/byte-range.ts';
import { registrationReply } from './packs.ts';

export interface PackArchiveServices {
  readonly sql: Sql;
  readonly uploadPack: (archive: AsyncIterable<Uint8Array>) => Promise<LoadedPack>;
}

const archiveTypes = [
  'application/gzip',
  'application/x-gzip',
  'application/x-tar',
  'application/octet-stream',
];

/** Packs as archives, in and out. To be given a scope of its own: its bodies are streams, which nobody holds in memory. */
export function packArchiveRoutes(app: App, { sql, uploadPack }: PackArchiveServices): void {
  app.addContentTypeParser(archiveTypes, (_request, body, done) => done(null, body));

  app.post(
    '/packs/upload',
    {
      bodyLimit: packLimits.bytes,
      schema: {
        tags: ['packs'],
        summary: 'Register the pack in an archive (tar or tar.gz), or replace it',
        description: 'pack.yaml is at the top of the archive, or in the one folder that it holds.',
        consumes: archiveTypes,
        response: { 201: registerPackReply },
      },
    },
    async (request, reply) => {
      if (!(request.body instanceof Readable)) throw notAnArchive();
      return reply.status(201).send(registrationReply(await uploadPack(limited(request.body))));
    },
  );

  app.route({
    method: ['GET', 'HEAD'],
    url: '/packs/:ref/archive',
    schema: {
      tags: ['packs'],
      summary: 'Download a pack as tar.gz, as it is or as it was',
      description: 'The ETag is the digest of the revision.',
      params: refPath,
      querystring: z.object({ digest: z.string().optional().describe('Default: the current revision') }),
      produces: ['application/gzip'],
    },
    async handler({ method, headers, params: { ref }, query: { digest } }, reply) {
      const archive = await findArchive(sql, { ref, digest });
      if (archive === undefined) throw noArchive(ref, digest);
      reply.headers(describeArchive(archive));
      if (isKnown(headers['if-none-match'], etagOf(archive))) return reply.status(304).send();
      reply.header('content-length', archive.size);
      return reply.send(method === 'HEAD' ? undefined : Readable.from(readArchive(sql, archive.digest)));
    },
  });
}

/** No archive needs more bytes than the files that a pack may hold. */
async function* limited(body: Readable): AsyncGenerator<Uint8Array> {
  let left = packLimits.bytes;
  for await (const bytes of piecesOf(body)) {
    left -= bytes.length;
    if (left < 0) throw new AttuneError('body_too_large', `An archive may have ${packLimits.bytes} bytes`);
    yield bytes;
  }
}

async function* piecesOf(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      const bytes: unknown = piece;
      if (bytes instanceof Uint8Array) yield bytes;
    }
  } catch (error) {
    throw new AttuneError('upload_cut_off', 'The client went before its archive was here', { cause: error });
  }
}

function notAnArchive(): AttuneError {
  return new AttuneError('unsupported_media_type', `Send the archive as ${archiveTypes.join(' or ')}`);
}

function noArchive(ref: string, digest: string | undefined): AttuneError {
  return new AttuneError(
    'unknown_pack_archive',
    digest === undefined
      ? `There is no archive of a pack "${ref}": register the pack`
      : `There is no archive of "${ref}" with the digest ${digest}: it was replaced, and nothing that waits needs it`,
  );
}

function etagOf({ digest }: StoredArchive): string {
  return `"${digest}"`;
}

function describeArchive(archive: StoredArchive): Record<string, string> {
  return {
    'content-type': 'application/gzip',
    'content-disposition': `attachment; filename="${archive.ref}.tar.gz"`,
    'cache-control': 'private, no-cache',
    etag: etagOf(archive),
  };
}
