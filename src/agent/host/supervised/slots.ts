/** The numbers by which jobs are known to the supervisor. Those used before come first: what it keeps for each stays small. */
export class Slots<Value> {
  readonly #values: (Value | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** The next number for a value, `undefined` when all are taken. */
  reserve(): number | undefined {
    const slot = this.#free.pop() ?? this.#values.length;
    if (slot >= this.#most) return undefined;
    if (slot === this.#values.length) this.#values.push(undefined);
    return slot;
  }

  /** Takes a number that is in use from the start. To be called before the first `reserve`, for every such number. */
  occupy(slot: number, value: Value): void {
    while (this.#values.length <= slot) {
      this.#free.push(this.#values.length);
      this.#values.push(undefined);
    }
    this.#free.splice(this.#free.indexOf(slot), 1);
    this.#values[slot] = value;
  }

  set(slot: number, value: Value): void {
    this.#values[slot] = value;
  }

  get(slot: number): Value | undefined {
    return this.#values[slot];
  }

  release(slot: number): void {
    this.#values[slot] = undefined;
    this.#free.push(slot);
  }

  all(): Value[] {
    return this.#values.filter((value) => value !== undefined);
  }
}
