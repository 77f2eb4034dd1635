import { mkdir } from 'node:fs/promises';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { invalidPack, packLimits, tooLarge, type PackLimits } from '../pack-files.ts';
import { createEntryWriter } from './entry-writer.ts';
import { inflate } from './inflate.ts';
import { readEntries } from './read-entries.ts';

/**
 * Unpacks a tar or tar.gz into a folder that does not exist yet. Whatever the archive says, nothing is written outside of it, and
 * not more than the limits allow; `listPackFiles` judges where its links lead. Files get the modes 644 or 755.
 * @throws AttuneError `invalid_pack` that names the entries or the limit; whatever the file system or the source says. What was
 * unpacked until then stays: the caller removes the folder
 */
export async function unpackArchive(
  source: AsyncIterable<Uint8Array>,
  folder: string,
  limits: PackLimits = packLimits,
): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  const writer = createEntryWriter(folder, limits);
  try {
    await readEntries(atMost(limits, inflate(source)), writer.write);
  } catch (error) {
    throw isDamage(error) ? noArchive(error) : error;
  }
  await writer.finish();
}

/** What the headers of an entry may take, in bytes: long names bring headers of their own. */
const headerBytes = 4096;
/** What may follow the last entry, in bytes: programs fill their archives up. */
const trailingBytes = 1024 * 1024;

/** A few bytes may stand for gigabytes: they are counted when they are decompressed. */
async function* atMost(limits: PackLimits, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = limits.bytes + limits.files * headerBytes + trailingBytes;
  for await (const bytes of source) {
    left -= bytes.length;
    if (left < 0) throw tooLarge(limits);
    yield bytes;
  }
}

/** Whether the archive itself is at fault: errors of zlib and of the tar library bear their codes. */
function isDamage(error: unknown): boolean {
  if (error instanceof AttuneError || !(error instanceof Error)) return false;
  return 'tarCode' in error || ('code' in error && String(error.code).startsWith('Z_'));
}

function noArchive(error: unknown): AttuneError {
  const message = `is no tar or tar.gz file, or a damaged one (${describeError(error)})`;
  return invalidPack([{ path: 'archive', message }]);
}
