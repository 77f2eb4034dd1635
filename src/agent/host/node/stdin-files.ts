import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Holds what a process is to read in a file without a name. */
export interface StdinFiles {
  /** @returns a descriptor that reads the bytes from their beginning, for the caller to close; `undefined` where there is no room */
  open(bytes: Uint8Array): number | undefined;
}

/** In memory first: the bytes may hold secrets. */
const directories = ['/dev/shm', '/tmp'];

/**
 * Why not a pipe: Node makes socket pairs, and a program that opens `/dev/stdin` by name, as many do, can't open a socket.
 * @param prefix for the names that the files have for a moment; nobody else's
 */
export function createStdinFiles(prefix: string): StdinFiles {
  let count = 0;

  function tryOpen(directory: string, bytes: Uint8Array): number | undefined {
    const path = join(directory, `${prefix}-${(count += 1)}`);
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      // At a given position, so that the reader begins at the first byte.
      if (writeSync(descriptor, bytes, 0, bytes.length, 0) === bytes.length) return descriptor;
    } catch {
      // Read-only, missing or full: the next one may do.
    }
    if (descriptor !== undefined) closeSync(descriptor);
    return undefined;
  }

  return {
    open: (bytes) => {
      for (const directory of directories) {
        const descriptor = tryOpen(directory, bytes);
        if (descriptor !== undefined) return descriptor;
      }
      return undefined;
    },
  };
}
