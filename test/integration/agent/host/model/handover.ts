import { expect } from 'vitest';
import type { Frame } from '../../../../../src/agent/host/supervised/frames.ts';
import { MessageType } from '../../../../../src/agent/host/supervised/messages.ts';
import type { KnownJob } from './known-job.ts';

const recordStream = 2;

/** What an agent may find in a slot. */
export interface Possible {
  readonly jobs: readonly KnownJob[];
  readonly orNone: boolean;
}

export interface Handed {
  readonly note: Buffer;
  readonly jobs: ReadonlyMap<number, KnownJob>;
}

interface Arriving {
  readonly pid: number;
  readonly size: number;
  record: Buffer;
}

/** Hears what an agent is told first, and compares it with what its predecessor has left. */
export class Handover {
  readonly #possible: ReadonlyMap<number, Possible>;
  readonly #notes: readonly Buffer[];
  readonly #arriving = new Map<number, Arriving>();
  #note: Buffer | undefined;
  #count = 0;

  constructor(possible: ReadonlyMap<number, Possible>, notes: readonly Buffer[]) {
    this.#possible = possible;
    this.#notes = notes;
  }

  /** @returns the whole, with its last frame */
  hear({ type, slot, payload }: Frame): Handed | undefined {
    if (type === MessageType.greeting) this.#hearGreeting(payload);
    else if (type === MessageType.handed) this.#hearHanded(slot, payload);
    else this.#hearRecord(slot, type, payload);
    return this.#isComplete() ? this.#conclude() : undefined;
  }

  #hearGreeting(payload: Buffer): void {
    expect(this.#note).toBe(undefined);
    const note = payload.subarray(8);
    expect(this.#notes.map(String)).toContain(String(note));
    this.#note = note;
    this.#count = payload.readUInt32LE(4);
  }

  #hearHanded(slot: number, payload: Buffer): void {
    expect(this.#note === undefined || this.#arriving.has(slot)).toBe(false);
    const size = Number(payload.readBigUInt64LE(4));
    this.#arriving.set(slot, { pid: payload.readUInt32LE(0), size, record: Buffer.alloc(0) });
  }

  /** Nothing else is told before all records are complete. */
  #hearRecord(slot: number, type: number, payload: Buffer): void {
    const job = this.#arriving.get(slot);
    if (type !== MessageType.output || payload.readUInt32LE(8) !== recordStream || job === undefined)
      throw new Error(`a frame of type ${type} for slot ${slot} before all records were complete`);
    expect(Number(payload.readBigUInt64LE(0))).toBe(job.record.length);
    job.record = Buffer.concat([job.record, payload.subarray(12)]);
    expect(job.record.length).toBeLessThanOrEqual(job.size);
  }

  #isComplete(): boolean {
    if (this.#note === undefined || this.#arriving.size < this.#count) return false;
    return [...this.#arriving.values()].every(({ size, record }) => size === record.length);
  }

  #conclude(): Handed {
    const slots = new Set([...this.#possible.keys(), ...this.#arriving.keys()]);
    const jobs = [...slots].flatMap((slot) => this.#recognize(slot));
    return { note: this.#note ?? Buffer.alloc(0), jobs: new Map(jobs) };
  }

  #recognize(slot: number): [number, KnownJob][] {
    const { jobs, orNone } = this.#possible.get(slot) ?? { jobs: [], orNone: true };
    const arrived = this.#arriving.get(slot);
    if (arrived === undefined) {
      expect({ slot, orNone }).toEqual({ slot, orNone: true });
      return [];
    }
    const job = jobs.find(({ plan }) => arrived.record.equals(plan.record));
    if (job === undefined) throw new Error(`a job was handed in slot ${slot} that can't be there`);
    expect(arrived.pid).toBe(job.pid ?? arrived.pid);
    job.pid = arrived.pid;
    job.beginAgain();
    return [[slot, job]];
  }
}
