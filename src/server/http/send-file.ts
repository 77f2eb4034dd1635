import { open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AttuneError } from '../../shared/errors.ts';
import { stampFrom, type StoredFile } from '../agent-download/agent-files.ts';
import { byteRange, isKnown } from './byte-range.ts';

/**
 * Answers GET or HEAD with a file or the asked part of it, straight from the disk. The ETag is the hash of its bytes: a
 * download that one server began another may go on with.
 * @throws AttuneError `range_not_satisfiable`, `file_replaced` (retryable)
 */
export async function sendFile(
  { method, raw: { headers } }: FastifyRequest,
  reply: FastifyReply,
  file: StoredFile,
): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`;
  reply.header('etag', etag).header('accept-ranges', 'bytes');
  if (isKnown(headers['if-none-match'], etag)) return reply.status(304).send();

  const range = byteRange(headers, { size: file.size, etag });
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.size}`);
    throw new AttuneError('range_not_satisfiable', `The file has ${file.size} bytes`);
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.size - 1 } : range;
  reply.status(range === 'whole' ? 200 : 206).header('content-length', end - start + 1);
  if (range !== 'whole') reply.header('content-range', `bytes ${start}-${end}/${file.size}`);
  return method === 'HEAD' ? reply.send() : reply.send(await openStream(file, { start, end }));
}

/** What is sent must be the very file that the headers speak of. */
async function openStream(file: StoredFile, range: { readonly start: number; readonly end: number }) {
  const handle = await open(file.path);
  if (stampFrom(await handle.stat()) === file.stamp) return handle.createReadStream(range);
  await handle.close();
  throw new AttuneError('file_replaced', 'The file was replaced just now: ask again', { retryable: true });
}
