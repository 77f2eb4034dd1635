import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Header, Pax, type HeaderData } from 'tar';
import { AttuneError } from '../../shared/errors.ts';
import { contentOf } from '../content-of.ts';
import type { PackFile } from '../pack-files.ts';

/**
 * Makes the archive of a pack, a tar.gz: the same files give the same bytes, whoever made them and when.
 * @param folder holds `files`, as `listPackFiles` found them
 * @returns the archive in pieces; reading it fails with the error of a file that can't be read, or has changed meanwhile
 */
export function archivePack(folder: string, files: readonly PackFile[]): AsyncIterable<Uint8Array> {
  // Whoever reads the end of the pipe hears of its errors.
  return pipeline(
    () => entriesOf(folder, files),
    createGzip(),
    () => undefined,
  );
}

/** The unit of a tar file, in bytes. */
const block = 512;

async function* entriesOf(folder: string, files: readonly PackFile[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headerOf(file);
    if (file.kind === 'file') yield* bodyOf(path.join(folder, file.path), file.size);
  }
  yield Buffer.alloc(2 * block);
}

const never = new Date(0);

function headerOf(file: PackFile): Uint8Array {
  const header = new Header({ ...factsOf(file), mtime: never, uid: 0, gid: 0 });
  const isLong = header.encode();
  const own = header.block ?? Buffer.alloc(0);
  return isLong ? Buffer.concat([new Pax(header).encode(), own]) : own;
}

function factsOf(file: PackFile): HeaderData {
  if (file.kind === 'folder') return { path: `${file.path}/`, type: 'Directory', mode: 0o755, size: 0 };
  if (file.kind === 'link')
    return { path: file.path, type: 'SymbolicLink', linkpath: file.target, mode: 0o777, size: 0 };
  return { path: file.path, type: 'File', mode: file.executable ? 0o755 : 0o644, size: file.size };
}

async function* bodyOf(file: string, size: number): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const bytes of contentOf(file)) {
    read += bytes.length;
    yield bytes;
  }
  if (read !== size) {
    throw new AttuneError('pack_changed', `${file} was changed while its pack was read: try again`);
  }
  yield Buffer.alloc((block - (size % block)) % block);
}
