/** One message of the protocol that build/supervisor/protocol.h defines. */
export interface Frame {
  readonly type: number;
  readonly slot: number;
  readonly payload: Buffer;
}

const headerSize = 8;
/** Source: MAX_FRAME in protocol.h. */
export const maxFrameSize = 8 * 1024 * 1024;

/** A frame as it is sent: its header and, copied, its payload. */
export function encodeFrame(type: number, slot: number, ...payload: readonly Uint8Array[]): Buffer {
  const size = payload.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.allocUnsafe(headerSize);
  header.writeUInt32LE(size, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(slot, 6);
  return Buffer.concat([header, ...payload]);
}

/** Cuts a stream of bytes, however it was chopped, into its frames. Payloads are views of what was pushed. */
export class FrameDecoder {
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes needed before there is anything to be cut. */
  #wanted = headerSize;

  /** @returns the frames that are complete now; throws a RangeError for a frame larger than any there is */
  push(chunk: Buffer): Frame[] {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    return this.#size < this.#wanted ? [] : this.#cut();
  }

  #cut(): Frame[] {
    const [first, ...others] = this.#parts;
    const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#parts);
    const frames: Frame[] = [];
    let at = 0;
    this.#wanted = headerSize;
    while (bytes.length - at >= headerSize) {
      const end = at + headerSize + sizeAt(bytes, at);
      if (end > bytes.length) {
        this.#wanted = end - at;
        break;
      }
      frames.push(frameAt(bytes, at, end));
      at = end;
    }
    this.#parts = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#size = bytes.length - at;
    return frames;
  }
}

function sizeAt(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32LE(at);
  if (size > maxFrameSize) throw new RangeError(`a frame of ${size} bytes`);
  return size;
}

function frameAt(bytes: Buffer, at: number, end: number): Frame {
  return {
    type: bytes.readUInt16LE(at + 4),
    slot: bytes.readUInt16LE(at + 6),
    payload: bytes.subarray(at + headerSize, end),
  };
}
