import type { PatternAutomaton } from './pattern-automaton.ts';

/** Bytes of the held data that a pattern covers, from `start` to before `end`; `printed` when their mask is out already. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly printed: boolean;
}

const mask = Buffer.from('***');
const nothing = new Uint8Array();

/**
 * Masks one stream of bytes that comes in pieces cut anywhere. Patterns that overlap become one mask. Holds back only what
 * may still become a pattern.
 */
export class MaskedStream {
  readonly #automaton: PatternAutomaton;
  #state = 0;
  #held: Uint8Array = nothing;
  #runs: Run[] = [];

  constructor(automaton: PatternAutomaton) {
    this.#automaton = automaton;
  }

  /** @returns what is certain by now: the very same bytes where nothing was found and nothing is held */
  push(bytes: Uint8Array): Uint8Array {
    const data = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#scan(data, this.#held.length);
    return this.#release(data, data.length - this.#automaton.depth(this.#state));
  }

  /** The end of the stream: what was held back. */
  end(): Uint8Array {
    return this.#release(this.#held, this.#held.length);
  }

  /**
   * A part of the stream is missing here. What may be the beginning of a secret that is cut off is masked; of what comes next, what may
   * be the end of one is left out.
   * @returns what was held back
   */
  tear(): Uint8Array {
    if (this.#held.length > 0) this.#cover(0, this.#held.length);
    const last = this.end();
    this.#state = 0;
    this.#runs = [{ start: 0, end: this.#automaton.longestPattern - 1, printed: true }];
    return last;
  }

  #scan(data: Uint8Array, from: number): void {
    const automaton = this.#automaton;
    let state = this.#state;
    for (let index = from; index < data.length; index += 1) {
      state = automaton.next(state, data[index] ?? 0);
      const length = automaton.matched(state);
      if (length > 0) this.#cover(index + 1 - length, index + 1);
    }
    this.#state = state;
  }

  #cover(start: number, end: number): void {
    let run: Run = { start, end, printed: false };
    for (let last = this.#runs.at(-1); last !== undefined && last.end > start; last = this.#runs.at(-1)) {
      run = { start: Math.min(run.start, last.start), end, printed: run.printed || last.printed };
      this.#runs.pop();
    }
    this.#runs.push(run);
  }

  /** Lets go of everything before `certain`: no later match can begin there. */
  #release(data: Uint8Array, certain: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let position = 0;
    for (const run of this.#runs) {
      if (run.start >= certain) break;
      pieces.push(data.subarray(position, run.start));
      if (!run.printed) pieces.push(mask);
      position = Math.min(run.end, certain);
    }
    pieces.push(data.subarray(position, certain));
    this.#runs = this.#runs.filter((run) => run.end > certain).map((run) => shift(run, certain));
    // A copy, because the memory of the data is its giver's again after the push.
    this.#held = certain === data.length ? nothing : new Uint8Array(data.subarray(certain));
    return pieces.length === 1 ? unchanged(data, certain) : Buffer.concat(pieces);
  }
}

/** A run that was cut has been printed. */
function shift({ start, end, printed }: Run, by: number): Run {
  return { start: Math.max(0, start - by), end: end - by, printed: printed || start < by };
}

function unchanged(data: Uint8Array, certain: number): Uint8Array {
  return certain === data.length ? data : data.subarray(0, certain);
}
