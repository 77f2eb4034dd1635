/** The first allocation; it doubles from there. */
const firstBytes = 4096;

/** Keeps the last `capacity` bytes of all that it is given, in a ring that grows only as far as it is used. */
export class TailBuffer {
  readonly #capacity: number;
  #ring = new Uint8Array();
  /** Where the next byte goes. */
  #position = 0;
  #kept = 0;
  #total = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** All bytes that were ever given. */
  get total(): number {
    return this.#total;
  }

  /** How many of them are still there. */
  get kept(): number {
    return this.#kept;
  }

  push(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const wanted = bytes.length > this.#capacity ? bytes.subarray(bytes.length - this.#capacity) : bytes;
    this.#growTo(Math.min(this.#capacity, this.#kept + wanted.length));
    const untilEnd = Math.min(wanted.length, this.#ring.length - this.#position);
    this.#ring.set(wanted.subarray(0, untilEnd), this.#position);
    this.#ring.set(wanted.subarray(untilEnd), 0);
    this.#position = (this.#position + wanted.length) % Math.max(1, this.#ring.length);
    this.#kept = Math.min(this.#capacity, this.#kept + wanted.length);
  }

  /** A copy of the bytes kept, the oldest first. */
  read(): Uint8Array {
    const start = (this.#position - this.#kept + this.#ring.length) % Math.max(1, this.#ring.length);
    if (start + this.#kept <= this.#ring.length) return this.#ring.slice(start, start + this.#kept);
    return Buffer.concat([this.#ring.subarray(start), this.#ring.subarray(0, this.#position)]);
  }

  #growTo(size: number): void {
    if (size <= this.#ring.length) return;
    const kept = this.read();
    this.#ring = new Uint8Array(Math.min(this.#capacity, Math.max(firstBytes, size, this.#ring.length * 2)));
    this.#ring.set(kept);
    this.#position = kept.length % this.#ring.length;
  }
}
