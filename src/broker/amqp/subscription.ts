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

/** Consumes the queue of a pool, on one channel after another, until it is stopped. */
export class AmqpSubscription<Claimed> implements Subscription {
  readonly #connection: BrokerConnection;
  readonly #options: SubscriptionOptions<Claimed>;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #claim: (notice: Notice) => Promise<Answer<Claimed>>;
  readonly #claiming = new Set<Promise<void>>();
  /** The channel of now, and those that ended while works taken from them still run: these keep their slots. */
  #current: Intake | undefined;
  readonly #former = new Set<Intake>();

  constructor(connection: BrokerConnection, options: SubscriptionOptions<Claimed>, logger: Logger) {
    this.#connection = connection;
    this.#options = options;
    this.#logger = logger.child({ pool: options.pool });
    this.#claim = createClaimer({
      claims: options.claims,
      signal: this.#stopping.signal,
      logger: this.#logger,
    });
  }

  /** Resolves when the first consumer is in place. Rejects where that can't be without anybody changing something. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const consuming = repeat(() => this.#consume(resolve), {
      signal: this.#stopping.signal,
      backoff: consumeBackoff,
      onFailure: (error) => {
        const problem = brokerError(error);
        this.#logger.warn({ reason: problem.message }, 'not consuming, trying again');
        if (!problem.retryable) reject(problem);
      },
    });
    void consuming.then(() => reject(unreachable('the subscription was stopped')));
    try {
      await promise;
    } catch (error) {
      this.#stopping.abort();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#current?.narrow();
    await Promise.all(this.#claiming);
    this.#tidy();
  }

  /** One channel, from its opening to its end. */
  async #consume(onConsuming: () => void): Promise<void> {
    await this.#connection.whenConnected(this.#stopping.signal);
    const intake = await openIntake(this.#connection, this.#options.pool, (from, message) =>
      this.#take(from, message),
    );
    if (this.#stopping.signal.aborted) return intake.close('stopped');
    this.#current = intake;
    const checks = setInterval(() => void intake.check().catch(() => undefined), checkMilliseconds);
    try {
      await this.#widen(intake);
      onConsuming();
      const reason = await intake.ended;
      if (!this.#stopping.signal.aborted) this.#logger.warn({ reason }, 'stopped consuming, trying again');
    } finally {
      clearInterval(checks);
      this.#current = undefined;
      if (intake.held > 0) this.#former.add(intake);
    }
  }

  #take(intake: Intake, message: ConsumeMessage): void {
    const read = readNotice(message.content);
    if (this.#stopping.signal.aborted) this.#dispose(intake, message, 'requeue');
    else if ('problem' in read) this.#discard(intake, message, read.problem);
    else this.#track(this.#handOut(intake, message, read.notice));
  }

  #track(claiming: Promise<void>): void {
    this.#claiming.add(claiming);
    void claiming.finally(() => this.#claiming.delete(claiming));
  }

  async #handOut(intake: Intake, message: ConsumeMessage, notice: Notice): Promise<void> {
    const answer = await this.#claim(notice);
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

  /** Gives back to the channel of now what works of former channels no longer occupy; closes it when all is over. */
  #tidy(): void {
    const intake = this.#current;
    if (intake === undefined) return;
    if (this.#stopping.signal.aborted) {
      if (intake.held === 0 && this.#claiming.size === 0) void intake.close('stopped');
      return;
    }
    // It fails only when the channel ends, which brings a new one.
    this.#widen(intake).catch(() => undefined);
  }

  /** Lets the channel take as many messages as there are slots that no work of a former channel occupies. */
  async #widen(intake: Intake): Promise<void> {
    const elsewhere = [...this.#former].reduce((sum, { held }) => sum + held, 0);
    const room = this.#options.slots - elsewhere - intake.capacity;
    if (room > 0) await intake.widen(room);
  }
}
