import type { Readable } from 'node:stream';
import type { LogStream } from '../../../contract/outcome.ts';
import type { OutputReceiver } from '../process-host.ts';
import type { Leader } from './spawn.ts';

/** A stream that stays open and silent for so long after its process has gone is held by something that can't be found. */
const leakPatienceMilliseconds = 1000;

/**
 * Hands the output of a child to the receiver, and reads no more of a stream while the receiver is busy with it.
 * @returns a function to call once every process is gone: `true` when both streams were read to their end, `false` when one
 * was given up because something holds it open
 */
export function pumpOutput(child: Leader, output: OutputReceiver): () => Promise<boolean> {
  let closed = false;
  let pieces = 0;
  let held = 0;
  const { promise, resolve } = Promise.withResolvers<boolean>();

  function pump(name: LogStream, stream: Readable): void {
    let waiting = 0;
    stream.on('data', (bytes: Uint8Array) => {
      pieces += 1;
      const taken = output(name, bytes);
      if (taken === undefined) return;
      held += 1;
      waiting += 1;
      stream.pause();
      void whenTaken(taken, () => {
        held -= 1;
        waiting -= 1;
        // Node itself resumes a paused stream when its process exits: one more piece may have come meanwhile.
        if (waiting === 0) stream.resume();
      });
    });
  }

  function giveUpWhenSilent(): void {
    const seen = pieces;
    setTimeout(() => {
      if (closed) return;
      if (held > 0 || pieces !== seen) return giveUpWhenSilent();
      resolve(false);
      child.stdout.destroy();
      child.stderr.destroy();
    }, leakPatienceMilliseconds);
  }

  pump('stdout', child.stdout);
  pump('stderr', child.stderr);
  child.once('close', () => {
    closed = true;
    resolve(true);
  });
  return () => {
    if (!closed) giveUpWhenSilent();
    return promise;
  };
}

async function whenTaken(taken: Promise<void>, goOn: () => void): Promise<void> {
  await taken;
  goOn();
}
