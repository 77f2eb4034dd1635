import type { Frame } from './frames.ts';
import { decodeGreeting, decodeHanded, decodeOutput, MessageType } from './messages.ts';

/** A job that the supervisor has handed to us. */
export interface HandedJob {
  readonly slot: number;
  readonly pid: number;
  readonly record: Buffer;
}

export interface Handover {
  readonly version: number;
  readonly note: Buffer;
  readonly jobs: readonly HandedJob[];
  /** Reports of jobs that came before the records of others, in order. */
  readonly reports: readonly Frame[];
}

interface Arriving {
  readonly pid: number;
  readonly recordSize: number;
  readonly pieces: Buffer[];
}

/** Puts together what the supervisor says first: its greeting, the jobs that it hands over, and the record of each. */
export class HandoverReader {
  readonly #jobs = new Map<number, Arriving>();
  readonly #reports: Frame[] = [];
  #greeting: ReturnType<typeof decodeGreeting> | undefined;

  /** @returns the whole, with its last frame; throws a RangeError for a frame that does not belong to it */
  take(frame: Frame): Handover | undefined {
    const { type, slot, payload } = frame;
    if (type === MessageType.greeting) {
      const { note, ...greeting } = decodeGreeting(payload);
      this.#greeting = { ...greeting, note: Buffer.from(note) };
    } else if (type === MessageType.handed) {
      this.#jobs.set(slot, { ...decodeHanded(payload), pieces: [] });
    } else if (type === MessageType.exited && this.#jobs.has(slot)) {
      this.#reports.push({ ...frame, payload: Buffer.from(payload) });
    } else this.#takeRecord(slot, type, payload);
    return this.#complete();
  }

  #takeRecord(slot: number, type: number, payload: Buffer): void {
    const job = this.#jobs.get(slot);
    if (type !== MessageType.output || job === undefined)
      throw new RangeError(`a frame of type ${type} too early`);
    job.pieces.push(Buffer.from(decodeOutput(payload).bytes));
  }

  #complete(): Handover | undefined {
    const greeting = this.#greeting;
    if (greeting === undefined || this.#jobs.size < greeting.jobs) return undefined;
    const jobs: HandedJob[] = [];
    for (const [slot, { pid, recordSize, pieces }] of this.#jobs) {
      const record = Buffer.concat(pieces);
      if (record.length < recordSize) return undefined;
      jobs.push({ slot, pid, record });
    }
    return { version: greeting.version, note: greeting.note, jobs, reports: this.#reports };
  }
}
