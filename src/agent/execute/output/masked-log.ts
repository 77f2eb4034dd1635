import type { StreamSummary } from '../../../contract/outcome.ts';
import type { Masker, StreamMask } from './masking/masker.ts';

/** Bytes of a masked stream and where they begin in it. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One stream on its way to the log: its pieces as they come, masked, each with its place in the masked stream. */
export class MaskedLog {
  readonly #mask: StreamMask;
  /** Bytes seen, with those in gaps. */
  #seen = 0;
  /** Where the next masked byte goes. */
  #end: number;
  #dropped = 0;

  /** @param before bytes of the log that stand before the stream */
  constructor(masker: Masker, before: number) {
    this.#mask = masker.stream();
    this.#end = before;
  }

  /** Bytes counted after masking; a gap counts as what was dropped. */
  get summary(): StreamSummary {
    return { bytes: this.#end, dropped: this.#dropped };
  }

  /**
   * @param offset of the bytes in the unmasked stream; beyond the end of the ones before: the gap
   * @returns what is certain by now
   */
  push(bytes: Uint8Array, offset: number): Piece[] {
    const before = offset > this.#seen ? this.#tear(offset - this.#seen) : [];
    this.#seen = offset + bytes.length;
    return [...before, ...this.#place(this.#mask.push(bytes))];
  }

  /** What does not come from the process, and hides nothing. */
  insert(bytes: Uint8Array): Piece[] {
    return this.#place(bytes);
  }

  /** The end of the stream: what was held back. */
  end(): Piece[] {
    return this.#place(this.#mask.end());
  }

  #tear(gap: number): Piece[] {
    const last = this.#place(this.#mask.tear());
    this.#end += gap;
    this.#dropped += gap;
    return last;
  }

  #place(bytes: Uint8Array): Piece[] {
    if (bytes.length === 0) return [];
    const offset = this.#end;
    this.#end += bytes.length;
    return [{ offset, bytes }];
  }
}
