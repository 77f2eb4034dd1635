/**
 * Finds any number of byte patterns in one pass over the bytes (Aho and Corasick, 1975). A state is a number; 0 is the start,
 * and every other stands for the longest end of the bytes seen so far that is the beginning of a pattern.
 * Children of a state are a linked list, because nearly all states have one: memory is 17 bytes for each byte of the patterns.
 */
export class PatternAutomaton {
  readonly #firstChild: Int32Array;
  readonly #nextSibling: Int32Array;
  readonly #byte: Uint8Array;
  readonly #fallback: Int32Array;
  readonly #depth: Int32Array;
  readonly #longest: Int32Array;
  readonly #start = new Int32Array(256);
  #count = 1;
  /** Bytes of the longest pattern. */
  readonly longestPattern: number;

  /** @param patterns none of them empty */
  constructor(patterns: readonly Uint8Array[]) {
    this.longestPattern = Math.max(...patterns.map(({ length }) => length));
    const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    this.#firstChild = new Int32Array(most);
    this.#nextSibling = new Int32Array(most);
    this.#byte = new Uint8Array(most);
    this.#fallback = new Int32Array(most);
    this.#depth = new Int32Array(most);
    this.#longest = new Int32Array(most);
    for (const pattern of patterns) this.#insert(pattern);
    this.#linkFallbacks();
  }

  /** The state after one more byte. */
  next(state: number, byte: number): number {
    for (let from = state; from !== 0; from = at(this.#fallback, from)) {
      const child = this.#child(from, byte);
      if (child !== 0) return child;
    }
    return at(this.#start, byte);
  }

  /** How many of the last bytes may still become a pattern, or a longer one. */
  depth(state: number): number {
    return at(this.#depth, state);
  }

  /** The length of the longest pattern that ends here; 0 where none does. */
  matched(state: number): number {
    return at(this.#longest, state);
  }

  #insert(pattern: Uint8Array): void {
    let state = 0;
    for (const byte of pattern) {
      const child = state === 0 ? at(this.#start, byte) : this.#child(state, byte);
      state = child === 0 ? this.#addChild(state, byte) : child;
    }
    this.#longest[state] = pattern.length;
  }

  #addChild(parent: number, byte: number): number {
    const child = this.#count;
    this.#count += 1;
    this.#byte[child] = byte;
    this.#depth[child] = this.depth(parent) + 1;
    if (parent === 0) this.#start[byte] = child;
    this.#nextSibling[child] = at(this.#firstChild, parent);
    this.#firstChild[parent] = child;
    return child;
  }

  #child(state: number, byte: number): number {
    let child = at(this.#firstChild, state);
    while (child !== 0 && this.#byte[child] !== byte) child = at(this.#nextSibling, child);
    return child;
  }

  /** Breadth first, so that a state's fallback, which is shorter, is complete before it is used. */
  #linkFallbacks(): void {
    const order = [0];
    for (const state of order) {
      for (let child = at(this.#firstChild, state); child !== 0; child = at(this.#nextSibling, child)) {
        const fallback = state === 0 ? 0 : this.next(at(this.#fallback, state), at(this.#byte, child));
        this.#fallback[child] = fallback;
        if (this.matched(child) === 0) this.#longest[child] = this.matched(fallback);
        // A complete pattern that begins no longer one is nothing to wait for.
        if (at(this.#firstChild, child) === 0) this.#depth[child] = this.depth(fallback);
        order.push(child);
      }
    }
  }
}

/** Every index is a state or a byte, and so within bounds. */
function at(array: Int32Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}
