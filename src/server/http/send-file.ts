import { open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AttuneError } from '../../shared/errors.ts';
import { stampFrom, type StoredFile } from '../agent-download/agent-files.ts';
import { byteRange, isKnown } from './byte-range.ts';

/**
 * Answers GET or HEAD with a file or the asked part of it, straight from the disk. The ETag is the hash of its bytes: a
 * download that one server began another may go on with.
 * @param headers what else to say of the file; problems are answered without them
 * @throws AttuneError `range_not_satisfiable`, `file_replaced` (retryable)
 */
export async function sendFile(
  { method, raw }: FastifyRequest,
  reply: FastifyReply,
  { file, headers }: { readonly file: StoredFile; readonly headers: Readonly<Record<string, string>> },
): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`;
  const described = { ...headers, etag, 'accept-ranges': 'bytes' };
  if (isKnown(raw.headers['if-none-match'], etag)) return reply.status(304).headers(described).send();

  const range = byteRange(raw.headers, { size: file.size, etag });
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.size}`);
    throw new AttuneError('range_not_satisfiable', `The file has ${file.size} bytes`);
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.size - 1 } : range;
  const stream = method === 'HEAD' ? undefined : await openStream(file, { start, end });
  reply.headers(described).header('content-length', end - start + 1);
  if (range !== 'whole') reply.status(206).header('content-range', `bytes ${start}-${end}/${file.size}`);
  return reply.send(stream);
}

/** What is sent must be the very file that the headers speak of. */
async function openStream(file: StoredFile, range: { readonly start: number; readonly end: number }) {
  const handle = await open(file.path);
  if (stampFrom(await handle.stat()) === file.stamp) return handle.createReadStream(range);
  await handle.close();
  throw new AttuneError('file_replaced', 'The file was replaced just now: ask again', { retryable: true });
}
