import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame } from '../../../../../src/agent/host/supervised/frames.ts';
import { encodeHello, encodeNote, MessageType } from '../../../../../src/agent/host/supervised/messages.ts';
import type { RawAgent } from '../raw-agent.ts';
import { noHurry } from '../supervised.ts';
import { within } from '../within.ts';
import { creditFrame, endFrame, startFrame } from '../wire.ts';
import { Ledger } from './ledger.ts';
import type { Operation } from './operation.ts';
import { fieldsOf, type Plan } from './plan.ts';
import { endings, interludes, type Ending, type Interlude, type Kill } from './succession.ts';

const shutdown = 3;
const everything = 0xff_ff_ff_ff;
/** Fewer than what the supervisor has patience for. */
const mostSuccessions = 3;

/** Where a row of agents plays. */
export interface Stage {
  /** The agent that comes next; it has said nothing yet. */
  next(): Promise<RawAgent>;
  /** Kills an agent; missing where there can be only one. */
  readonly kill?: Kill;
}

/** An agent after the other does these things; at the end nothing runs, and all that was heard was right. */
export async function play(stage: Stage, operations: readonly Operation[], token: string): Promise<void> {
  const player = new Player(stage, token);
  await player.enter();
  for (const operation of operations) await player.perform(operation);
  await player.conclude();
}

class Player {
  readonly #stage: Stage;
  readonly #token: string;
  readonly #ledger = new Ledger();
  #agent: RawAgent | undefined;
  #heard = 0;
  #successions = 0;
  #records = 0;

  constructor(stage: Stage, token: string) {
    this.#stage = stage;
    this.#token = token;
    this.#ledger.passOn();
  }

  async enter(): Promise<void> {
    this.#agent = await within(this.#stage.next());
    this.#heard = 0;
    this.#say(encodeHello(noHurry));
    await this.#until(() => this.#ledger.isQuiet());
  }

  async perform(operation: Operation): Promise<void> {
    switch (operation.does) {
      case 'start':
        return this.#start(operation);
      case 'give':
        return this.#give(operation.slot, operation.stream === 0 ? 0 : 1, operation.bytes);
      case 'end':
        return this.#end(operation.slot, operation.cause);
      case 'kill':
        return this.#kill(operation.slot);
      case 'release':
        return this.#release(operation.slot);
      case 'awaitEnd':
        return this.#awaitEnd(operation.slot);
      case 'note':
        return this.#note(operation.size);
      case 'wait':
        await delay(operation.milliseconds);
        return this.#catchUp();
      case 'awaitAnswers':
        return this.#until(() => this.#ledger.isQuiet());
      case 'giveWay':
        return this.#giveWay(operation.ending, operation.interlude);
    }
  }

  async conclude(): Promise<void> {
    await this.#until(() => this.#ledger.isQuiet());
    for (const slot of this.#ledger.jobs.keys()) this.#kill(slot);
    for (const slot of Array.from(this.#ledger.jobs.keys())) {
      await this.#awaitEnd(slot);
      this.#release(slot);
    }
    this.#playing().sayGoodbye();
    this.#playing().end();
    await within(this.#playing().closed);
    this.#catchUp();
  }

  async #start({ slot, recordSize, cuts, ...wishes }: Operation & { readonly does: 'start' }): Promise<void> {
    // A job that may be gone or not: nobody can tell what the answer will be.
    if (this.#ledger.addressed(slot).some(({ releasedEarly }) => releasedEarly)) return;
    const record = randomBytes(recordSize);
    record.writeUInt32LE((this.#records += 1));
    const plan: Plan = { ...wishes, record };
    this.#ledger.ask(slot, plan);
    await this.#playing().sayChopped(startFrame(slot, fieldsOf(plan, this.#token)), cuts);
  }

  #give(slot: number, stream: 0 | 1, bytes: number): void {
    for (const job of this.#ledger.addressed(slot)) job.give(stream, bytes);
    this.#say(creditFrame(slot, stream, bytes));
  }

  #end(slot: number, cause: number): void {
    for (const job of this.#ledger.addressed(slot)) job.demand(cause);
    this.#say(endFrame(slot, cause));
  }

  #kill(slot: number): void {
    for (const job of this.#ledger.addressed(slot)) job.demand(shutdown);
    this.#say(encodeFrame(MessageType.kill, slot));
  }

  #release(slot: number): void {
    // A START under way: whether it finds the slot free must not depend on this.
    if (this.#ledger.addressed(slot).length > 1) return;
    this.#ledger.release(slot);
    this.#say(encodeFrame(MessageType.release, slot));
  }

  #note(size: number): void {
    const note = Buffer.from(randomBytes(size).toString('hex').slice(0, size));
    this.#ledger.note(note);
    this.#say(encodeNote(note));
  }

  /** If it has a reason to end. */
  async #awaitEnd(slot: number): Promise<void> {
    await this.#until(() => this.#ledger.isQuiet());
    const job = this.#ledger.jobs.get(slot);
    if (job === undefined || !job.willEnd) return;
    for (const stream of [0, 1] as const) this.#give(slot, stream, everything);
    await this.#until(() => job.ended);
    if (job.releasedEarly) this.#release(slot);
  }

  async #giveWay(ending: Ending, interlude: Interlude): Promise<void> {
    const { kill } = this.#stage;
    if (kill === undefined || this.#successions === mostSuccessions) return;
    this.#successions += 1;
    await endings[ending](this.#playing(), kill);
    await within(this.#playing().closed);
    this.#catchUp();
    this.#ledger.passOn();
    if (interlude !== 'nobody') await interludes[interlude](await within(this.#stage.next()), kill);
    await this.enter();
  }

  #say(bytes: Buffer): void {
    this.#playing().say(bytes);
    this.#catchUp();
  }

  #playing(): RawAgent {
    if (this.#agent === undefined) throw new Error('no agent has come');
    return this.#agent;
  }

  async #until(fulfilled: () => boolean): Promise<void> {
    const heard = this.#playing().until(() => {
      this.#catchUp();
      return fulfilled() || undefined;
    });
    await within(heard);
  }

  #catchUp(): void {
    const news = this.#playing().heard.slice(this.#heard);
    this.#heard += news.length;
    for (const frame of news) this.#ledger.hear(frame);
  }
}
