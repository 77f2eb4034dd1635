import type { Channel } from 'amqplib';

/** Where messages end that nobody can use: an exchange and its queue. */
export const deadLetters = 'attune.dead';
const mostDeadLetters = 10_000;

/**
 * How long a message may stay unacknowledged, which is as long as its execution runs. RabbitMQ's default of 30 minutes
 * would take it away; brokers before 3.12 do not know this argument, and consumers survive that.
 */
const consumerTimeoutMilliseconds = 30 * 24 * 3600 * 1000;

/** The name of the queue of a pool. */
export function queueOf(pool: string): string {
  return `attune.pool.${pool}`;
}

/** Makes the exchange and the queue of dead letters; the oldest of them give way. Changes nothing where they exist. */
export async function declareDeadLetters(channel: Channel): Promise<void> {
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  await channel.assertQueue(deadLetters, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-max-length': mostDeadLetters },
  });
  await channel.bindQueue(deadLetters, deadLetters, '');
}

/** Makes the queue of a pool. Changes nothing where it exists. */
export async function declarePool(channel: Channel, pool: string): Promise<void> {
  await channel.assertQueue(queueOf(pool), {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': deadLetters,
      'x-consumer-timeout': consumerTimeoutMilliseconds,
    },
  });
}
