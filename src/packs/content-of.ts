import { open } from 'node:fs/promises';

/** How much is read at a time, in bytes. */
const pieceBytes = 64 * 1024;

/** The content of a file, in pieces. */
export async function* contentOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(pieceBytes) });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
