import { expect } from 'vitest';
import { numbersBetween } from './numbers.ts';
import { endsByItself, exitCodeOfJobs, sizeOf, type Plan } from './plan.ts';

const exit = 0;
const timeout = 1;
const both = [0, 1] as const;

/** What one agent has heard of one stream of a job. */
interface Hearing {
  credit: bigint;
  /** Bytes, gaps included. */
  end: number;
  /** Where output went on after something was left out. */
  gapEnd?: number;
}

/** A job of the supervisor, as its agents know it: whatever is heard of it must be right. */
export class KnownJob {
  readonly plan: Plan;
  pid: number | undefined;
  /** Whether this agent knows that it has ended. */
  ended = false;
  /** Whether a RELEASE was said before that. */
  releasedEarly = false;
  /** Whether it will end though nobody does any more for that. */
  willEnd: boolean;
  readonly #causes = new Set<number>();
  #report: Buffer | undefined;
  #hearings: [Hearing, Hearing];

  constructor(plan: Plan) {
    this.plan = plan;
    this.#hearings = [
      { credit: plan.credit, end: 0 },
      { credit: plan.credit, end: 0 },
    ];
    if (endsByItself(plan)) this.#causes.add(exit);
    if (plan.deadline > 0) this.#causes.add(timeout);
    this.willEnd = this.#causes.size > 0;
  }

  /** Another agent hears all from the beginning, when it gives credit; what its predecessor demanded may not have arrived. */
  beginAgain(): void {
    this.ended = false;
    this.willEnd = endsByItself(this.plan) || this.plan.deadline > 0;
    this.#hearings = [
      { credit: 0n, end: 0 },
      { credit: 0n, end: 0 },
    ];
  }

  give(stream: 0 | 1, bytes: number): void {
    this.#hearings[stream].credit += BigInt(bytes);
  }

  /** Someone has asked for its end. */
  demand(cause: number): void {
    this.willEnd = true;
    this.#causes.add(cause);
  }

  takeOutput(payload: Buffer): void {
    const stream = payload.readUInt32LE(8) === 0 ? 0 : 1;
    const offset = Number(payload.readBigUInt64LE(0));
    const bytes = payload.subarray(12);
    const hearing = this.#hearings[stream];
    expect(this.ended).toBe(false);
    if (offset !== hearing.end) {
      expect([hearing.end, hearing.gapEnd]).toEqual([this.plan.head, undefined]);
      hearing.gapEnd = offset;
    }
    hearing.end = offset + bytes.length;
    hearing.credit -= BigInt(bytes.length);
    expect(hearing.credit >= 0n).toBe(true);
    expect(bytes.equals(numbersBetween(offset, hearing.end))).toBe(true);
  }

  takeReport(payload: Buffer): void {
    expect(this.ended).toBe(false);
    this.ended = true;
    this.#report ??= payload;
    // Whoever hears it, and however often: it is one end.
    expect(payload.equals(this.#report)).toBe(true);
    const cause = payload.readUInt32LE(52);
    expect([...this.#causes]).toContain(cause);
    const [survivors, lost] = [payload.readUInt32LE(60), payload.readUInt32LE(64)];
    expect({ survivors, lost }).toEqual({ survivors: 0, lost: 0 });
    if (cause === exit) expect(payload.readUInt32LE(48)).toBe(exitCodeOfJobs << 8);
    for (const stream of both) {
      const printed = Number(payload.readBigUInt64LE(32 + stream * 8));
      this.#checkPrinted(stream, printed, cause);
      this.#checkHeard(stream, printed);
    }
  }

  #checkPrinted(stream: 0 | 1, printed: number, cause: number): void {
    const planned = sizeOf(this.plan, stream);
    if (planned === undefined) return;
    if (cause === exit) expect(printed).toBe(planned);
    else expect(printed).toBeLessThanOrEqual(planned);
  }

  /** Head and tail, all of both. */
  #checkHeard(stream: 0 | 1, printed: number): void {
    const { head, tail } = this.plan;
    const { end, gapEnd } = this.#hearings[stream];
    expect({ end, gapEnd }).toEqual({
      end: printed,
      gapEnd: printed > head + tail ? printed - tail : undefined,
    });
  }
}
