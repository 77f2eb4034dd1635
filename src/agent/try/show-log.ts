import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { LogStream } from '../../contract/outcome.ts';
import type { LogListener } from '../link/local/local-link.ts';

/** Writes a log as it comes, each stream to where it belongs. What nobody reads any more, as in `try … | head`, is dropped. */
export function showLog(outputs: Readonly<Record<LogStream, Writable>>): LogListener {
  return async (chunks) => {
    for (const { stream, bytes } of chunks) await write(outputs[stream], bytes);
  };
}

/** Waits while the reader is slower than we are. */
async function write(output: Writable, bytes: Uint8Array): Promise<void> {
  if (!output.writable || output.write(bytes)) return;
  await once(output, 'drain').catch(() => undefined);
}
