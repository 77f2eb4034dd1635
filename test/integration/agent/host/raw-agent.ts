import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeFrame, FrameDecoder, type Frame } from '../../../../src/agent/host/supervised/frames.ts';
import { MessageType } from '../../../../src/agent/host/supervised/messages.ts';

/** An agent that says what it likes, and remembers all that it hears. */
export class RawAgent {
  readonly heard: Frame[] = [];
  /** Resolves when nothing more will be heard. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #listeners = new Set<() => void>();

  constructor(socket: Socket) {
    const decoder = new FrameDecoder();
    this.#socket = socket;
    this.closed = new Promise((resolve) => void socket.on('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const { type, slot, payload } of decoder.push(chunk))
        this.heard.push({ type, slot, payload: Buffer.from(payload) });
      for (const listener of this.#listeners) listener();
    });
  }

  say(...frames: readonly Uint8Array[]): void {
    this.#socket.write(Buffer.concat(frames));
  }

  /** Says it in pieces, cut where the fractions are. */
  async sayChopped(bytes: Buffer, cuts: readonly number[]): Promise<void> {
    const ends = [...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length];
    let at = 0;
    for (const end of ends.toSorted((one, other) => one - other)) {
      this.#socket.write(bytes.subarray(at, end));
      at = end;
      await nextTurn();
    }
  }

  /** The first such frame, whether it was heard already or not yet. */
  async hears(matches: (frame: Frame) => boolean): Promise<Frame> {
    return this.until(() => this.heard.find(matches));
  }

  async hearsOf(slot: number, type: number): Promise<Frame> {
    return this.hears((frame) => frame.slot === slot && frame.type === type);
  }

  /** Asks again with each frame, until there is an answer; fails as asking does. */
  async until<Answer>(ask: () => Answer | undefined): Promise<Answer> {
    const answered = Promise.withResolvers<Answer>();
    const listen = () => {
      try {
        const answer = ask();
        if (answer !== undefined) answered.resolve(answer);
      } catch (error) {
        answered.reject(error);
      }
    };
    this.#listeners.add(listen);
    listen();
    const closed = this.closed.then(() => Promise.reject(new Error('the supervisor has hung up')));
    try {
      return await Promise.race([answered.promise, closed]);
    } finally {
      this.#listeners.delete(listen);
    }
  }

  /** Everything of a stream that was heard so far. */
  outputOf(slot: number, stream: number): Buffer {
    return Buffer.concat(
      this.heard
        .filter((frame) => frame.type === MessageType.output && frame.slot === slot)
        .filter(({ payload }) => payload.readUInt32LE(8) === stream)
        .map(({ payload }) => payload.subarray(12)),
    );
  }

  sayGoodbye(): void {
    this.say(encodeFrame(MessageType.goodbye, 0));
  }

  /** Will say no more. */
  end(): void {
    this.#socket.end();
  }

  /** Stops listening for a while. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
