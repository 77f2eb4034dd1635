import { once } from 'node:events';
import type { Socket } from 'node:net';
import { FrameDecoder, type Frame } from './frames.ts';

export interface Conversation {
  send(frame: Buffer): void;
  /** Sends it before the next frame, or in a moment: nobody waits for it, and the other side need not wake for it alone. */
  sendInPassing(frame: Buffer): void;
  /** Keeps the process alive while something is expected, and only then. */
  expectSomething(expecting: boolean): void;
  /** Says the last frame, and resolves when the other side has closed. */
  end(last: Buffer): Promise<void>;
  /** Stops listening. */
  abandon(): void;
}

const momentMilliseconds = 5;

/**
 * Speaks frames over a socket.
 * @param onFrame is called for each, in order
 * @param onEnd is called once, with a reason in words, when nothing can be said or heard any more
 */
export function converse(
  socket: Socket,
  onFrame: (frame: Frame) => void,
  onEnd: (reason: string) => void,
): Conversation {
  const decoder = new FrameDecoder();
  const waiting: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;

  function takeWaiting(): Buffer[] {
    clearTimeout(timer);
    timer = undefined;
    return waiting.splice(0);
  }

  function write(frame: Buffer): void {
    const first = takeWaiting();
    socket.write(first.length === 0 ? frame : Buffer.concat([...first, frame]));
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of decoder.push(chunk)) onFrame(frame);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      onEnd(`sent what is no message (${error.message})`);
      socket.destroy();
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => onEnd('has ended'));
  return {
    send: write,
    sendInPassing(frame) {
      waiting.push(frame);
      timer ??= setTimeout(() => socket.write(Buffer.concat(takeWaiting())), momentMilliseconds);
    },
    expectSomething: (expecting) => void (expecting ? socket.ref() : socket.unref()),
    async end(last) {
      if (socket.destroyed) return;
      socket.ref();
      const closed = once(socket, 'close');
      socket.end(Buffer.concat([...takeWaiting(), last]));
      await closed;
    },
    abandon() {
      takeWaiting();
      socket.destroy();
    },
  };
}
