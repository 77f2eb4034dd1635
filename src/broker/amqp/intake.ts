import type { Channel, ConsumeMessage } from 'amqplib';
import { closeChannel, type BrokerConnection } from './connection.ts';
import { declarePool, queueOf } from './topology.ts';

/** What to tell the broker about a message: it is done with, another consumer shall have it, or nobody can use it. */
export type Disposal = 'acknowledge' | 'requeue' | 'dead-letter';

/** One life of a consuming channel: it ends with the channel, and a new one takes its place. */
export class Intake {
  readonly #channel: Channel;
  readonly #queue: string;
  readonly #onMessage: (message: ConsumeMessage) => void;
  readonly #consumers: Promise<string>[] = [];
  #alive = true;
  #retired = false;
  #reason = 'the channel was closed';
  #received = 0;
  #receivedAtCheck = 0;
  /** How many messages the broker may have unacknowledged here. */
  capacity = 0;
  /** How many messages came and are not disposed of, also after the end of the channel. */
  held = 0;
  readonly #ended = Promise.withResolvers<string>();
  /** Resolves when nothing comes from this channel any more, with the reason where the broker gave one. */
  readonly ended = this.#ended.promise;

  constructor(channel: Channel, queue: string, onMessage: (message: ConsumeMessage) => void) {
    this.#channel = channel;
    this.#queue = queue;
    this.#onMessage = onMessage;
    channel.on('error', (error) => (this.#reason = error.message));
    channel.on('close', () => {
      this.#alive = false;
      this.#ended.resolve(this.#reason);
    });
  }

  /** Takes `count` more messages at a time. Each call adds a consumer, because a consumer's prefetch is fixed. */
  async widen(count: number): Promise<void> {
    this.capacity += count;
    const consumer = this.#consume(count);
    this.#consumers.push(consumer);
    await consumer;
  }

  /** Nothing new comes afterwards. What came may still be disposed of, and with the last of it the channel is closed. */
  retire(): void {
    this.#retired = true;
    this.#ended.resolve('retired');
    // A consumer that can't be cancelled has ended with the channel.
    for (const consumer of this.#consumers.splice(0))
      consumer.then((tag) => this.#channel.cancel(tag)).catch(() => undefined);
    this.#closeIfDone();
  }

  /** Does nothing where the channel has ended: the broker then delivers the message again, to anyone. */
  dispose(message: ConsumeMessage, disposal: Disposal): void {
    this.held -= 1;
    if (this.#alive) this.#answer(message, disposal);
    this.#closeIfDone();
  }

  #answer(message: ConsumeMessage, disposal: Disposal): void {
    try {
      if (disposal === 'acknowledge') this.#channel.ack(message);
      else this.#channel.nack(message, false, disposal === 'requeue');
    } catch {
      // The connection is being closed: the broker delivers the message again.
    }
  }

  /**
   * Ends a channel whose consumer the broker has forgotten: messages are ready, there is room, and none came since the last
   * call. RabbitMQ does so to consumers of a quorum queue that is deleted and made again at once.
   */
  async check(): Promise<void> {
    const idle = this.#received === this.#receivedAtCheck && this.held < this.capacity;
    this.#receivedAtCheck = this.#received;
    if (!idle || !this.#alive) return;
    const { messageCount } = await this.#channel.checkQueue(this.#queue);
    if (messageCount > 0 && !this.#retired)
      await this.close(`${messageCount} messages are ready, and none comes`);
  }

  async close(reason: string): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    this.#reason = reason;
    await closeChannel(this.#channel).catch(() => undefined);
  }

  async #consume(count: number): Promise<string> {
    await this.#channel.prefetch(count);
    const { consumerTag } = await this.#channel.consume(this.#queue, (message) => {
      // The broker cancels a consumer when its queue is deleted: the next channel makes the queue again.
      if (message === null) void this.close('the consumer was cancelled');
      else this.#take(message);
    });
    return consumerTag;
  }

  #take(message: ConsumeMessage): void {
    this.held += 1;
    this.#received += 1;
    if (this.#retired) this.dispose(message, 'requeue');
    else this.#onMessage(message);
  }

  #closeIfDone(): void {
    if (this.#retired && this.held === 0) void this.close('retired');
  }
}

/** Opens a channel for the pool's queue, which is made where it does not exist. It takes nothing until it is widened. */
export async function openIntake(
  connection: BrokerConnection,
  pool: string,
  onMessage: (intake: Intake, message: ConsumeMessage) => void,
): Promise<Intake> {
  const channel = await connection.createChannel();
  await declarePool(channel, pool);
  const intake: Intake = new Intake(channel, queueOf(pool), (message) => onMessage(intake, message));
  return intake;
}
