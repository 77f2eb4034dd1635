import { expect } from 'vitest';
import type { Frame } from '../../../../../src/agent/host/supervised/frames.ts';
import { MessageType } from '../../../../../src/agent/host/supervised/messages.ts';
import { Handover, type Possible } from './handover.ts';
import { KnownJob } from './known-job.ts';
import type { Plan } from './plan.ts';

const noSuchFile = 2;
const busy = 16;

/** What was said to the supervisor, and may not have reached it. */
interface Said<Value> {
  readonly order: number;
  readonly value: Value;
}

/** What a row of agents knows of the jobs of their supervisor. Throws when something is heard that can't be. */
export class Ledger {
  /** The jobs by their slots. */
  readonly jobs = new Map<number, KnownJob>();
  /** Those that there will be, in the order in which they were asked for. */
  readonly #asked = new Map<number, Said<KnownJob>[]>();
  #released: Said<{ slot: number; job: KnownJob }>[] = [];
  #notes: Said<Buffer>[] = [{ order: 0, value: Buffer.alloc(0) }];
  #order = 0;
  #handover: Handover | undefined;

  /** A START is said. */
  ask(slot: number, plan: Plan): void {
    const said = { order: this.#nextOrder(), value: new KnownJob(plan) };
    this.#asked.set(slot, [...(this.#asked.get(slot) ?? []), said]);
  }

  note(value: Buffer): void {
    this.#notes.push({ order: this.#nextOrder(), value });
  }

  /** The jobs that a frame for this slot may be about. */
  addressed(slot: number): KnownJob[] {
    const asked = (this.#asked.get(slot) ?? []).map(({ value }) => value);
    return [this.jobs.get(slot), ...asked].filter((job) => job !== undefined);
  }

  /** A RELEASE is said: the slot is free when it arrives, if the job has ended by then. */
  release(slot: number): void {
    for (const job of this.addressed(slot))
      if (job.ended) this.#forget(slot, job);
      else job.releasedEarly = true;
  }

  /** Whether all that was asked for was answered. */
  isQuiet(): boolean {
    return this.#handover === undefined && [...this.#asked.values()].every((plans) => plans.length === 0);
  }

  /** What was in use when its agent died is in use for the next one; what was under way then may be or not. */
  passOn(): void {
    this.#handover = new Handover(
      this.#possible(),
      this.#notes.map(({ value }) => value),
    );
    this.jobs.clear();
    this.#asked.clear();
    this.#released = [];
    this.#notes = [];
  }

  hear(frame: Frame): void {
    if (this.#handover === undefined) this.#hearOfJob(frame);
    else this.#hearHandover(this.#handover, frame);
  }

  #hearHandover(handover: Handover, frame: Frame): void {
    const complete = handover.hear(frame);
    if (complete === undefined) return;
    this.#handover = undefined;
    this.#notes = [{ order: this.#nextOrder(), value: complete.note }];
    for (const [slot, job] of complete.jobs) this.jobs.set(slot, job);
  }

  #hearOfJob({ type, slot, payload }: Frame): void {
    if (type === MessageType.started || type === MessageType.refused)
      return this.#hearAnswer(type, slot, payload);
    const job = this.jobs.get(slot);
    if (job === undefined) throw new Error(`a frame of type ${type} for slot ${slot}, where no job is`);
    if (type === MessageType.output) job.takeOutput(payload);
    else if (type === MessageType.exited) job.takeReport(payload);
    else throw new Error(`a frame of type ${type} for slot ${slot}`);
  }

  #hearAnswer(type: number, slot: number, payload: Buffer): void {
    const [said, ...others] = this.#asked.get(slot) ?? [];
    if (said === undefined) throw new Error(`an answer for slot ${slot} that nobody asked for`);
    this.#asked.set(slot, others);
    this.#reached(said.order);
    if (type === MessageType.refused) {
      expect(payload.readUInt32LE(0)).toBe(this.jobs.has(slot) ? busy : noSuchFile);
      return;
    }
    expect(this.jobs.has(slot) || said.value.plan.kind === 'isMissing').toBe(false);
    said.value.pid = payload.readUInt32LE(0);
    this.jobs.set(slot, said.value);
  }

  #forget(slot: number, job: KnownJob): void {
    this.jobs.delete(slot);
    this.#released.push({ order: this.#nextOrder(), value: { slot, job } });
  }

  /** All that was said until then has arrived. */
  #reached(order: number): void {
    this.#released = this.#released.filter((said) => said.order > order);
    const arrived = this.#notes.findLast((said) => said.order <= order);
    this.#notes = this.#notes.filter((said) => said === arrived || said.order > order);
  }

  #possible(): Map<number, Possible> {
    const possible = new Map<number, Possible>();
    for (const [slot, job] of this.jobs) possible.set(slot, { jobs: [job], orNone: job.releasedEarly });
    for (const { slot, job } of this.#released.map(({ value }) => value))
      possible.set(slot, { jobs: [job, ...(possible.get(slot)?.jobs ?? [])], orNone: true });
    for (const [slot, asked] of this.#asked) {
      const { jobs, orNone } = possible.get(slot) ?? { jobs: [], orNone: true };
      const further = orNone ? asked.map(({ value }) => value) : [];
      possible.set(slot, {
        jobs: [...jobs, ...further.filter(({ plan }) => plan.kind !== 'isMissing')],
        orNone,
      });
    }
    return possible;
  }

  #nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }
}
