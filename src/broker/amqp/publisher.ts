import { setTimeout as delay } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import type { RoutedNotice } from '../road.ts';
import { withChannel, type BrokerConnection } from './connection.ts';
import { brokerError, unreachable } from './errors.ts';
import { writeNotice } from './message.ts';
import { declarePool, queueOf } from './topology.ts';

/** A broker that is short of memory or disk stops reading, and so confirms nothing. */
const confirmMilliseconds = 15_000;

/** Where a queue was deleted, its consumers hear so only while it is not there. */
const declareMilliseconds = 300;

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
    try {
      const unroutable = await this.#send(notices);
      if (unroutable.length === 0) return;
      await this.#declare(unroutable);
      const lost = await this.#send(unroutable);
      if (lost.length > 0) throw unreachable(`the queue of pool ${lost[0]?.pool} vanishes again and again`);
    } catch (error) {
      throw brokerError(error);
    }
  }

  async #declare(notices: readonly RoutedNotice[]): Promise<void> {
    await delay(declareMilliseconds);
    const pools = [...new Set(notices.map(({ pool }) => pool))];
    await withChannel(this.#connection, (channel) =>
      Promise.all(pools.map((pool) => declarePool(channel, pool))),
    );
  }

  /** Sends all without waiting in between, then waits for every confirm. Answers those that have no queue. */
  async #send(notices: readonly RoutedNotice[]): Promise<RoutedNotice[]> {
    const outlet = await this.#open();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(unreachable(`no confirmation within ${confirmMilliseconds / 1000} s`)),
      confirmMilliseconds,
    );
    try {
      const routed = await Promise.race([Promise.all(notices.map((notice) => send(outlet, notice))), late]);
      return notices.filter((_, index) => routed[index] === false);
    } finally {
      clearTimeout(timer);
    }
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

/** Sends one; answers whether it reached a queue. The broker tells of a return before it confirms. */
async function send({ channel, returned }: Outlet, notice: RoutedNotice): Promise<boolean> {
  const messageId = `${notice.pool}/${notice.execution}.${notice.epoch}`;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  channel.sendToQueue(
    queueOf(notice.pool),
    writeNotice(notice),
    { persistent: true, mandatory: true, contentType: 'application/json', messageId },
    (error: unknown) => {
      if (error === null) resolve(!returned.delete(messageId));
      else reject(brokerError(error));
    },
  );
  return promise;
}
