/** One message of the protocol that build/supervisor/protocol.h defines. */
export interface Frame {
  readonly type: number;
  readonly slot: number;
  readonly payload: Buffer;
}

const headerSize = 8;
/** Source: MAX_FRAME in protocol.h. */
export const maxFrameSize = 64 * 1024 * 1024;

/** A frame as it is sent: its header and, copied, its payload. */
export function encodeFrame(type: number, slot: number, ...payload: readonly Uint8Array[]): Buffer {
  const size = payload.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.allocUnsafe(headerSize);
  header.writeUInt32LE(size, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(slot, 6);
  return Buffer.concat([header, ...payload]);
}

/** Cuts a stream of bytes, however it was chopped, into its frames. Payloads are views of what was pushed, or copies. */
export class FrameDecoder {
  /** The beginning of a frame whose end has not come. */
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes of that frame, as far as they are known. */
  #wanted = headerSize;

  /** @returns the frames that are complete now; throws a RangeError for a frame larger than any there is */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    // Only what was torn apart is copied.
    while (this.#size > 0 && at < chunk.length) {
      const end = Math.min(chunk.length, at + Math.max(0, this.#wanted - this.#size));
      this.#keep(chunk.subarray(at, end));
      at = end;
      frames.push(...this.#complete());
    }
    while (chunk.length - at >= headerSize) {
      const end = at + headerSize + sizeAt(chunk, at);
      if (end > chunk.length) break;
      frames.push(frameAt(chunk, at, end));
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk.subarray(at));
    return frames;
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#size += part.length;
  }

  /** The frame that was begun, if this is all of it. */
  #complete(): Frame[] {
    if (this.#size < this.#wanted) return [];
    const bytes = Buffer.concat(this.#parts);
    const whole = headerSize + sizeAt(bytes, 0);
    if (whole > bytes.length) {
      this.#parts = [bytes];
      this.#wanted = whole;
      return [];
    }
    this.#parts = [];
    this.#size = 0;
    this.#wanted = headerSize;
    return [frameAt(bytes, 0, whole)];
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
