import { connect, type ChannelModel } from 'amqplib';
import { deadLetters, queueOf } from '../../broker/amqp/topology.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';

/** What the demo leaves on somebody's RabbitMQ, and the way to take it away again. */
export interface BrokerTraces {
  erase(): Promise<void>;
}

/**
 * Looks at a RabbitMQ before the demo uses it.
 * @param pool the demo's own, whose queue goes with the demo
 * @throws AttuneError `broker_unreachable`
 */
export async function lookAtBroker(url: string, pool: string): Promise<BrokerTraces> {
  const hadDeadLetters = await withConnection(url, hasDeadLetters);
  return {
    erase: () =>
      withConnection(url, async (connection) => {
        const channel = await connection.createChannel();
        await channel.deleteQueue(queueOf(pool));
        if (hadDeadLetters) return;
        await channel.deleteQueue(deadLetters);
        await channel.deleteExchange(deadLetters);
      }),
  };
}

async function hasDeadLetters(connection: ChannelModel): Promise<boolean> {
  const channel = await connection.createChannel();
  // The broker closes a channel that asks for what is not there.
  channel.on('error', () => undefined);
  return channel.checkExchange(deadLetters).then(
    () => true,
    () => false,
  );
}

async function withConnection<Result>(
  url: string,
  use: (connection: ChannelModel) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(url).catch((error: unknown) => {
    throw new AttuneError('broker_unreachable', `RabbitMQ can't be used: ${describeError(error)}`, {
      cause: error,
    });
  });
  connection.on('error', () => undefined);
  try {
    return await use(connection);
  } finally {
    await connection.close().catch(() => undefined);
  }
}
