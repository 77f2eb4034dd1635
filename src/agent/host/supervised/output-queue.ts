import type { LogStream } from '../../../contract/outcome.ts';
import type { OutputReceiver } from '../process-host.ts';

/** What a stream may be ahead of its receiver, in bytes. */
export const streamCredit = 64 * 1024;
/** Credit is given back in pieces of at least this many bytes, not for every line. */
const leastCredit = streamCredit / 4;

/** Bytes of a stream and where they begin in it. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** Hands one stream to its receiver piece by piece, and gives credit for what was taken. */
export class OutputQueue {
  readonly #stream: LogStream;
  readonly #output: OutputReceiver;
  readonly #giveCredit: (bytes: number) => void;
  readonly #waiting: Piece[] = [];
  #busy = false;
  #owed = 0;
  readonly #whenIdle: (() => void)[] = [];

  constructor(stream: LogStream, output: OutputReceiver, giveCredit: (bytes: number) => void) {
    this.#stream = stream;
    this.#output = output;
    this.#giveCredit = giveCredit;
  }

  push(piece: Piece): void {
    this.#waiting.push(piece);
    if (!this.#busy) this.#handOut();
  }

  /** Resolves when all that was pushed was taken. */
  async idle(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => void this.#whenIdle.push(resolve));
  }

  #handOut(): void {
    this.#busy = true;
    for (let piece = this.#waiting.shift(); piece !== undefined; piece = this.#waiting.shift()) {
      const { bytes, offset } = piece;
      const taken = this.#output(this.#stream, bytes, offset);
      if (taken !== undefined) return void this.#whenTaken(taken, bytes.length);
      this.#owe(bytes.length);
    }
    this.#busy = false;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #whenTaken(taken: Promise<void>, bytes: number): Promise<void> {
    await taken;
    this.#owe(bytes);
    this.#handOut();
  }

  #owe(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed < leastCredit) return;
    this.#giveCredit(this.#owed);
    this.#owed = 0;
  }
}
