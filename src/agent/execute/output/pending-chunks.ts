import type { LogChunk, LogStream } from '../../../contract/outcome.ts';
import type { Piece } from './masked-log.ts';

/** Bytes from which a chunk is not added to any more. */
export const chunkBytes = 32 * 1024;
/** Many tiny pieces would weigh more than their bytes. */
const mostPieces = 32;

interface Draft {
  readonly stream: LogStream;
  readonly offset: number;
  size: number;
  pieces: Uint8Array[];
}

/** Pieces of output that wait to be stored, joined to chunks of one stream each. Sequence numbers count over both streams. */
export class PendingChunks {
  #drafts: Draft[] = [];
  #sequence = 0;
  #size = 0;

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  add(stream: LogStream, { offset, bytes }: Piece): void {
    this.#size += bytes.length;
    const draft = this.#drafts.findLast((candidate) => candidate.stream === stream);
    if (draft === undefined || draft.size >= chunkBytes || draft.offset + draft.size !== offset) {
      this.#drafts.push({ stream, offset, size: bytes.length, pieces: [bytes] });
      return;
    }
    draft.pieces.push(bytes);
    draft.size += bytes.length;
    if (draft.pieces.length >= mostPieces) draft.pieces = [Buffer.concat(draft.pieces)];
  }

  /** Takes everything out, in the order in which it came. */
  take(): LogChunk[] {
    const drafts = this.#drafts;
    this.#drafts = [];
    this.#size = 0;
    return drafts.map((draft) => this.#finish(draft));
  }

  #finish({ stream, offset, pieces }: Draft): LogChunk {
    const [first] = pieces;
    const bytes = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
    const sequence = this.#sequence;
    this.#sequence += 1;
    return { stream, sequence, offset, bytes };
  }
}
