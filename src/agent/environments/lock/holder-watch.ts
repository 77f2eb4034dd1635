import type { LockFile } from './lock-file.ts';

/** In milliseconds. */
export interface LockTiming {
  /** How often a holder shows that it lives. */
  readonly beat: number;
  /** How often those who wait look. */
  readonly look: number;
  /** A holder that has said nothing for so long is dead. */
  readonly patience: number;
}

/** For workers: on a volume of a network too, where a write takes its time. */
export const lockTiming: LockTiming = { beat: 1000, look: 200, patience: 5000 };

/**
 * Judges whether the holder of a lock lives, by the observer's own clock: clocks of different machines are never compared.
 * @param now monotonic, in milliseconds
 */
export class HolderWatch {
  readonly #now: () => number;
  readonly #timing: LockTiming;
  #last: { readonly file: LockFile; readonly at: number } | undefined;
  #silence = 0;

  constructor(timing: LockTiming, now: () => number) {
    this.#timing = timing;
    this.#now = now;
  }

  /** The file that was seen last. */
  get seen(): LockFile | undefined {
    return this.#last?.file;
  }

  /**
   * What one look counts for is limited: an observer that was stopped itself has not seen anything meanwhile.
   * @returns whether the holder has been silent for too long
   */
  look(file: LockFile): boolean {
    const now = this.#now();
    const last = this.#last;
    const unchanged = last?.file.number === file.number && last.file.text === file.text;
    this.#silence = unchanged ? this.#silence + Math.min(now - last.at, this.#timing.beat) : 0;
    this.#last = { file, at: now };
    return this.#silence >= this.#timing.patience;
  }
}
