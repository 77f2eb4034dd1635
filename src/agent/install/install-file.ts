import { createHash, randomBytes, type Hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AttuneError } from '../../shared/errors.ts';

export interface Installation {
  /** The file to copy. */
  readonly source: string;
  /** Where to; its folder is made where it is missing. */
  readonly target: string;
  /** Permission bits of the target. */
  readonly mode: number;
}

export interface Installed {
  /** `false` where the same bytes were there already. */
  readonly changed: boolean;
  readonly bytes: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Copies a file so that others see the whole new one or what was there before, also after a power failure. Never writes to a file that
 * may be running: that would be refused (ETXTBSY), or change a program under its user.
 * @throws AttuneError `copy_differs`, and errors of the file system
 */
export function installFile({ source, target, mode }: Installation): Installed {
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  const wanted = digest(source);
  if (isFile(target) && digest(target).sha256 === wanted.sha256) {
    chmodSync(target, mode);
    return { ...wanted, changed: false };
  }
  const beside = join(folder, `.attune-agent-${randomBytes(6).toString('hex')}.part`);
  try {
    copy(source, beside, mode);
    if (digest(beside).sha256 !== wanted.sha256) throw differs(beside);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  flush(folder);
  return { ...wanted, changed: true };
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function digest(path: string): Omit<Installed, 'changed'> {
  const hash = createHash('sha256');
  const bytes = readAll(path, (chunk) => hash.update(chunk));
  return { bytes, sha256: hash.digest('hex') };
}

function copy(source: string, target: string, mode: number): void {
  const file = openSync(target, 'wx', 0o600);
  try {
    readAll(source, (chunk) => writeAll(file, chunk));
    // Whatever the umask says.
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Bytes that are in memory at a time. */
const chunkSize = 1024 * 1024;

/** @returns how many bytes there were */
function readAll(path: string, take: (chunk: Uint8Array) => Hash | void): number {
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(chunkSize);
  let total = 0;
  try {
    for (;;) {
      const read = readSync(file, buffer);
      if (read === 0) return total;
      take(buffer.subarray(0, read));
      total += read;
    }
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, chunk: Uint8Array): void {
  for (let written = 0; written < chunk.length;) written += writeSync(file, chunk, written);
}

/** The new name is on the disk, too. Not every file system can do that for a folder. */
function flush(folder: string): void {
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } catch {
    // Then the file is there all the same.
  } finally {
    closeSync(opened);
  }
}

function differs(path: string): AttuneError {
  return new AttuneError(
    'copy_differs',
    `What was written to ${path} reads back differently: the disk or its file system is faulty. Nothing was installed`,
  );
}
