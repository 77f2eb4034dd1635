import type { LockFile } from './lock-file.ts';

/** A holder that has said nothing for so long is dead. It says something every second. */
const patienceMilliseconds = 5000;
/** What one look counts for at most: an observer that was stopped itself has not seen anything meanwhile. */
const mostPerLook = 1000;

/**
 * Judges whether the holder of a lock lives, by the observer's own clock: clocks of different machines are never compared.
 * @param now monotonic, in milliseconds
 */
export class HolderWatch {
  readonly #now: () => number;
  #last: { readonly file: LockFile; readonly at: number } | undefined;
  #silence = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The file that was seen last. */
  get seen(): LockFile | undefined {
    return this.#last?.file;
  }

  /** @returns whether the holder has been silent for too long */
  look(file: LockFile): boolean {
    const now = this.#now();
    const last = this.#last;
    const unchanged = last?.file.number === file.number && last.file.text === file.text;
    this.#silence = unchanged ? this.#silence + Math.min(now - last.at, mostPerLook) : 0;
    this.#last = { file, at: now };
    return this.#silence >= patienceMilliseconds;
  }
}
