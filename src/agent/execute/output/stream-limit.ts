import type { StreamSummary } from '../../../contract/outcome.ts';
import { TailBuffer } from './tail-buffer.ts';

/** Bytes of a stream and where they begin in it. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Keeps the first and the last half of `limit` bytes of a stream. What lies between is counted and forgotten. */
export class StreamLimit {
  readonly #head: number;
  readonly #tail: TailBuffer;
  #passed = 0;

  constructor(limit: number) {
    this.#head = Math.ceil(limit / 2);
    this.#tail = new TailBuffer(Math.floor(limit / 2));
  }

  /** @returns the part that belongs to the head and may go on at once; `undefined` where there is none */
  push(bytes: Uint8Array): Piece | undefined {
    const offset = this.#passed;
    const head = bytes.subarray(0, this.#head - offset);
    if (head.length < bytes.length) this.#tail.push(bytes.subarray(head.length));
    if (head.length === 0) return undefined;
    this.#passed += head.length;
    return { offset, bytes: head };
  }

  /** The last bytes of a stream that was longer than its head; to be called once, at the end. */
  end(): Piece | undefined {
    if (this.#tail.kept === 0) return undefined;
    const bytes = this.#tail.read();
    return { offset: this.summary.bytes - bytes.length, bytes };
  }

  get summary(): StreamSummary {
    const bytes = this.#passed + this.#tail.total;
    return { bytes, dropped: this.#tail.total - this.#tail.kept };
  }
}
