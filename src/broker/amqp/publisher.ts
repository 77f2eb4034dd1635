import { setTimeout as delay } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import type { RoutedNotice } from '../road.ts';
import { withChannel, type BrokerConnection } from './connection.ts';
import { brokerError, unreachable } from './errors.ts';
import { writeNotice } from './message.ts';
import { declarePool, queueOf } from './topology.ts';

/** A broker that is short of memory or disk stops reading, and so confirms nothing. */
const confirmMilliseconds = 15_000;

/** A message that comes to a queue in the moment in which that is made is sometimes lost: who hears nothing for so long sends it again. */
const hesitationMilliseconds = 1000;

/** Where a queue was deleted, its consumers hear so only while it is not there. */
const declareMilliseconds = 300;

/** What the broker has said of a message so far. */
type Answer = 'routed' | 'unroutable' | 'nothing';

/** An open channel with what the broker returned on it because no queue of that name existed. */
interface Outlet {
  readonly channel: ConfirmChannel;
  readonly returned: Set<string>;
}

/** Publishes on one confirm channel, opened when first needed and again after a loss; calls overlap freely. */
export class Publisher {
  readonly #connection: BrokerConnection;
  #outlet: Promise<Outlet> | undefined;

  constructor(connection: BrokerConnection) {
    this.#connection = connection;
  }

  /** Resolves when every notice is safe in its pool's queue, which is made where it does not exist. */
  async publish(notices: readonly RoutedNotice[]): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(unreachable(`no confirmation within ${confirmMilliseconds / 1000} s`)),
      confirmMilliseconds,
    );
    try {
      await Promise.race([this.#deliver(notices), late]);
    } catch (error) {
      throw brokerError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #deliver(notices: readonly RoutedNotice[]): Promise<void> {
    const answers = await this.#send(notices, hesitationMilliseconds);
    const missing = notices.filter((_, index) => answers[index] !== 'routed');
    if (missing.length === 0) return;
    if (answers.includes('unroutable')) await delay(declareMilliseconds);
    await this.#declare(missing);
    const lost = (await this.#send(missing)).indexOf('unroutable');
    if (lost >= 0) throw unreachable(`the queue of pool ${missing[lost]?.pool} vanishes again and again`);
  }

  async #declare(notices: readonly RoutedNotice[]): Promise<void> {
    const pools = [...new Set(notices.map(({ pool }) => pool))];
    await withChannel(this.#connection, (channel) =>
      Promise.all(pools.map((pool) => declarePool(channel, pool))),
    );
  }

  /** Sends all without waiting in between, then waits for every answer, up to the milliseconds of `patience` where they are given. */
  async #send(notices: readonly RoutedNotice[], patience?: number): Promise<readonly Answer[]> {
    const outlet = await this.#open();
    const answers = notices.map((): Answer => 'nothing');
    const all = Promise.all(
      notices.map(async (notice, index) => (answers[index] = await send(outlet, notice))),
    );
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = patience === undefined ? undefined : setTimeout(resolve, patience);
    await Promise.race([all, over]).finally(() => clearTimeout(timer));
    return answers;
  }

  #open(): Promise<Outlet> {
    this.#outlet ??= this.#openOutlet();
    return this.#outlet;
  }

  async #openOutlet(): Promise<Outlet> {
    const forget = () => (this.#outlet = undefined);
    try {
      const channel = await this.#connection.createConfirmChannel();
      const returned = new Set<string>();
      channel.on('close', forget);
      channel.on('return', ({ properties }) => returned.add(String(properties.messageId)));
      return { channel, returned };
    } catch (error) {
      forget();
      throw error;
    }
  }
}

/** Sends one. The broker tells of a return before it confirms. */
async function send({ channel, returned }: Outlet, notice: RoutedNotice): Promise<Answer> {
  const messageId = `${notice.pool}/${notice.execution}.${notice.epoch}`;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  channel.sendToQueue(
    queueOf(notice.pool),
    writeNotice(notice),
    { persistent: true, mandatory: true, contentType: 'application/json', messageId },
    (error: unknown) => {
      if (error === null) resolve(returned.delete(messageId) ? 'unroutable' : 'routed');
      else reject(brokerError(error));
    },
  );
  return promise;
}
