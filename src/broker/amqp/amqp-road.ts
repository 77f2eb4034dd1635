import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Road, Subscription, SubscriptionOptions } from '../road.ts';
import { connectBroker, withChannel, type BrokerConnection } from './connection.ts';
import { brokerError } from './errors.ts';
import { Publisher } from './publisher.ts';
import { AmqpSubscription } from './subscription.ts';
import { queueOf } from './topology.ts';

/**
 * The road over RabbitMQ: one durable quorum queue a pool.
 * @throws AttuneError as `connectBroker` does
 */
export async function openAmqpRoad(url: string, logger: Logger): Promise<Road> {
  const connection = await connectBroker(url, logger);
  const publisher = new Publisher(connection);
  const subscriptions = new Set<Subscription>();

  return {
    kind: 'amqp',
    publish: (notices) => publisher.publish(notices),
    async subscribe<Claimed>(options: SubscriptionOptions<Claimed>) {
      const subscription = new AmqpSubscription(connection, options, logger);
      subscriptions.add(subscription);
      await subscription.start();
      return {
        vacate: () => subscription.vacate(),
        pause: () => subscription.pause(),
        resume: () => subscription.resume(),
        async stop() {
          await subscription.stop();
          subscriptions.delete(subscription);
        },
      };
    },
    waiting: (pool) => countReady(connection, pool),
    connected: () => connection.connected(),
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await connection.close();
    },
  };
}

/** Messages ready in a pool's queue; none where nobody made the queue yet. */
async function countReady(connection: BrokerConnection, pool: string): Promise<number> {
  try {
    const { messageCount } = await withChannel(connection, (channel) => channel.checkQueue(queueOf(pool)));
    return messageCount;
  } catch (error) {
    if (/NOT[-_]FOUND/.test(describeError(error))) return 0;
    throw brokerError(error);
  }
}
