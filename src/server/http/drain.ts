import type { IncomingMessage } from 'node:http';

/** How much of a refused body is read, in bytes and milliseconds. */
const mostDrained = 64 * 1024 * 1024;
const longestDrain = 5000;

/**
 * Reads a body that nobody wants. Clients write first and read then: a connection that is closed under their hands shows
 * them a broken pipe instead of our answer.
 */
export async function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(done, longestDrain);
    function done(): void {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done);
      resolve();
    }
    function count(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > mostDrained) done();
    }
    request.on('data', count).on('end', done).on('close', done).resume();
  });
}
