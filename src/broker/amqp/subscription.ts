import type { ConsumeMessage } from 'amqplib';
import type { Notice } from '../../contract/notice.ts';
import type { Logger } from '../../shared/logger.ts';
import { repeat } from '../repeat.ts';
import type { Subscription, SubscriptionOptions } from '../road.ts';
import { createClaimer, type Answer } from './claimer.ts';
import type { BrokerConnection } from './connection.ts';
import { brokerError, unreachable } from './errors.ts';
import { openIntake, type Disposal, type Intake } from './intake.ts';
import { readNotice } from './message.ts';

const consumeBackoff = { first: 100, most: 5000 };
/** How often a channel on which nothing comes is doubted. */
const checkMilliseconds = 5000;

/** From the start, or a resume, to the next pause or the stop. */
interface Taking<Claimed> {
  readonly signal: AbortSignal;
  readonly claim: (notice: Notice) => Promise<Answer<Claimed>>;
}

/** Consumes the queue of a pool, on one channel after another, until it is stopped. */
export class AmqpSubscription<Claimed> implements Subscription {
  readonly #connection: BrokerConnection;
  readonly #options: SubscriptionOptions<Claimed>;
  readonly #logger: Logger;
  readonly #claiming = new Set<Promise<void>>();
  #stopped = false;
  /** Ends the taking of now. */
  #ending = new AbortController();
  /** The channel of now, and those that bring nothing more while works taken from them still run: these keep their slots. */
  #current: Intake | undefined;
  readonly #former = new Set<Intake>();
  /** Slots that work holds which came on no road. */
  #occupied: number;

  constructor(connection: BrokerConnection, options: SubscriptionOptions<Claimed>, logger: Logger) {
    this.#connection = connection;
    this.#options = options;
    this.#occupied = options.occupied;
    this.#logger = logger.child({ pool: options.pool });
  }

  /** Resolves when the first consumer is in place. Rejects where that can't be without anybody changing something. */
  async start(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      this.pause();
      throw error;
    }
  }

  vacate(): void {
    this.#occupied -= 1;
    this.#tidy();
  }

  pause(): void {
    this.#ending.abort();
    if (this.#current !== undefined) this.#leave(this.#current);
  }

  resume(): void {
    if (this.#stopped || !this.#ending.signal.aborted) return;
    // What is wrong is logged, and tried again.
    this.#begin().catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.pause();
    await Promise.all(this.#claiming);
  }

  /** Takes until it is ended. Resolves and rejects as `start` does. */
  #begin(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const claim = createClaimer({ claims: this.#options.claims, signal, logger: this.#logger });
    const consuming = repeat(() => this.#consume({ signal, claim }, resolve), {
      signal,
      backoff: consumeBackoff,
      onFailure: (error) => {
        const problem = brokerError(error);
        this.#logger.warn({ reason: problem.message }, 'not consuming, trying again');
        if (!problem.retryable) reject(problem);
      },
    });
    void consuming.then(() => reject(unreachable('the subscription takes nothing more')));
    return promise;
  }

  /** One channel, from its opening to its end. */
  async #consume(taking: Taking<Claimed>, onConsuming: () => void): Promise<void> {
    await this.#connection.whenConnected(taking.signal);
    const intake = await openIntake(this.#connection, this.#options.pool, (from, message) =>
      this.#take(taking, from, message),
    );
    if (taking.signal.aborted) return intake.close('not wanted any more');
    this.#current = intake;
    const checks = setInterval(() => void intake.check().catch(() => undefined), checkMilliseconds);
    try {
      await this.#widen(intake);
      onConsuming();
      const reason = await intake.ended;
      if (!taking.signal.aborted) this.#logger.warn({ reason }, 'stopped consuming, trying again');
    } finally {
      clearInterval(checks);
      this.#leave(intake);
    }
  }

  /** Takes nothing more from a channel. */
  #leave(intake: Intake): void {
    if (this.#current === intake) this.#current = undefined;
    if (intake.held > 0) this.#former.add(intake);
    intake.retire();
  }

  #take({ claim }: Taking<Claimed>, intake: Intake, message: ConsumeMessage): void {
    const read = readNotice(message.content);
    if ('problem' in read) this.#discard(intake, message, read.problem);
    else this.#track(this.#handOut(intake, message, claim(read.notice)));
  }

  #track(claiming: Promise<void>): void {
    this.#claiming.add(claiming);
    void claiming.finally(() => this.#claiming.delete(claiming));
  }

  async #handOut(intake: Intake, message: ConsumeMessage, claiming: Promise<Answer<Claimed>>): Promise<void> {
    const answer = await claiming;
    if (answer.kind === 'claimed') this.#give(intake, message, answer.claimed);
    else if (answer.kind === 'refused') this.#dispose(intake, message, 'acknowledge');
    else if (answer.kind === 'unclaimed') this.#dispose(intake, message, 'requeue');
    else this.#discard(intake, message, answer.reason);
  }

  #give(intake: Intake, message: ConsumeMessage, claimed: Claimed): void {
    let settled = false;
    const settle = () => {
      if (!settled) this.#dispose(intake, message, 'acknowledge');
      settled = true;
      return Promise.resolve();
    };
    this.#options.onWork({ claimed, settle });
  }

  #discard(intake: Intake, message: ConsumeMessage, reason: string): void {
    this.#logger.warn({ reason, messageId: message.properties.messageId }, 'message put to the dead letters');
    this.#dispose(intake, message, 'dead-letter');
  }

  #dispose(intake: Intake, message: ConsumeMessage, disposal: Disposal): void {
    intake.dispose(message, disposal);
    if (intake.held === 0) this.#former.delete(intake);
    this.#tidy();
  }

  /** Gives to the channel of now the slots that others no longer hold. */
  #tidy(): void {
    // It fails only when the channel ends, which brings a new one.
    if (this.#current !== undefined) this.#widen(this.#current).catch(() => undefined);
  }

  /** Lets the channel take as many messages as there are slots that neither works of former channels nor others hold. */
  async #widen(intake: Intake): Promise<void> {
    const elsewhere = [...this.#former].reduce((sum, { held }) => sum + held, this.#occupied);
    const room = this.#options.slots - elsewhere - intake.capacity;
    if (room > 0) await intake.widen(room);
  }
}
