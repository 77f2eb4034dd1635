/** The heartbeat of a worker as the database shows it: only whether it changes matters, not what it says. */
export interface Heartbeat {
  readonly worker: number;
  readonly heartbeat: string;
}

interface Observation {
  heartbeat: string;
  silentMilliseconds: number;
}

/**
 * Judges which workers are silent, by watching whether their heartbeats change. It counts only time between two looks
 * that both succeeded and lie close together: an outage of the database, a paused server or a clock that jumps is never a
 * worker's silence. One instance a server; the clock is monotonic milliseconds.
 */
export class SilenceJudge {
  readonly #observations = new Map<number, Observation>();
  readonly #lostAfterMilliseconds: number;
  readonly #longestStep: number;
  #lastLook: number | undefined;

  /** @param intervalMilliseconds how often `look` is called when all is well */
  constructor(lostAfterMilliseconds: number, intervalMilliseconds: number) {
    this.#lostAfterMilliseconds = lostAfterMilliseconds;
    this.#longestStep = 3 * intervalMilliseconds + 1000;
  }

  /** Takes in what the database shows now, and returns those that were silent for too long. */
  look(heartbeats: readonly Heartbeat[], now: number): Heartbeat[] {
    const step = this.#step(now);
    this.#forgetOthers(heartbeats);
    return heartbeats.filter((seen) => this.#silence(seen, step) >= this.#lostAfterMilliseconds);
  }

  /** The database could not be seen: the time until the next look counts for nothing. */
  blind(): void {
    this.#lastLook = undefined;
  }

  #step(now: number): number {
    const step = this.#lastLook === undefined ? 0 : now - this.#lastLook;
    this.#lastLook = now;
    return step > this.#longestStep ? 0 : step;
  }

  #silence({ worker, heartbeat }: Heartbeat, step: number): number {
    const known = this.#observations.get(worker);
    if (known === undefined || known.heartbeat !== heartbeat) {
      this.#observations.set(worker, { heartbeat, silentMilliseconds: 0 });
      return 0;
    }
    known.silentMilliseconds += step;
    return known.silentMilliseconds;
  }

  #forgetOthers(heartbeats: readonly Heartbeat[]): void {
    const present = new Set(heartbeats.map(({ worker }) => worker));
    for (const worker of this.#observations.keys())
      if (!present.has(worker)) this.#observations.delete(worker);
  }
}
