import { once } from 'node:events';
import {
  connect,
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type RecoveringChannelModel,
} from 'amqplib';
import { backoffDelay } from '../../shared/backoff.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { brokerError, unreachable } from './errors.ts';
import { declareDeadLetters } from './topology.ts';

/** Silence after which either side takes the other for dead is twice this. */
const heartbeatSeconds = 10;
const connectMilliseconds = 10_000;
const reconnectBackoff = { first: 100, most: 5000 };

/** A connection that comes back by itself. Channels do not: whoever opened one opens it again when it is closed. */
export interface BrokerConnection {
  connected(): boolean;
  /** Resolves when the connection is there; rejects when the signal is aborted. */
  whenConnected(signal: AbortSignal): Promise<void>;
  /** Rejects with `broker_unreachable` while the connection is away. */
  createChannel(): Promise<Channel>;
  createConfirmChannel(): Promise<ConfirmChannel>;
  close(): Promise<void>;
}

/**
 * Connects once, and from then on again for ever whenever the connection is lost.
 * @throws AttuneError `broker_unreachable` (retryable), `wrong_credentials`, `unknown_virtual_host`, `queue_mismatch`
 */
export async function connectBroker(url: string, logger: Logger): Promise<BrokerConnection> {
  const model = await connect(withHeartbeat(url), {
    noDelay: true,
    timeout: connectMilliseconds,
    clientProperties: { connection_name: 'attune' },
    recovery: {
      waitForConnect: false,
      initialMaxRetries: 0,
      calculateDelay: (attempt) => backoffDelay(attempt - 1, reconnectBackoff),
      setup: declareShared,
    },
  });
  const connected = follow(model, logger);
  let closed: Promise<void> = Promise.resolve();
  model.on('connect', (connection) => {
    closed = new Promise((resolve) => connection.once('close', () => resolve()));
  });
  try {
    await model.waitForConnect();
  } catch (error) {
    throw brokerError(error);
  }
  const demand = () => {
    if (!connected()) throw unreachable('the connection is lost');
  };
  return {
    connected,
    whenConnected: async (signal) => {
      if (!connected()) await once(model, 'connect', { signal });
    },
    createChannel: async () => {
      demand();
      return quiet(await model.createChannel());
    },
    createConfirmChannel: async () => {
      demand();
      return quiet(await model.createConfirmChannel());
    },
    // amqplib waits for ever where the connection breaks before the answer comes.
    close: () => Promise.race([model.close(), closed]),
  };
}

/** Runs `use` on a channel of its own, because a refused operation closes its channel and fails all that is under way on it. */
export async function withChannel<Result>(
  connection: BrokerConnection,
  use: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const channel = await connection.createChannel();
  const result = await use(channel);
  await closeChannel(channel);
  return result;
}

/** Resolves when the channel is closed, by whomever: amqplib waits for ever where the connection breaks before the answer comes. */
export async function closeChannel(channel: Channel): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  channel.once('close', () => resolve());
  await Promise.race([channel.close(), promise]);
}

/** Logs what becomes of the connection; answers whether it is there. */
function follow(model: RecoveringChannelModel, logger: Logger): () => boolean {
  let state: 'new' | 'connected' | 'lost' = 'new';
  model.on('connect', () => {
    if (state === 'lost') logger.info('connected to RabbitMQ again');
    state = 'connected';
  });
  model.on('disconnect', (error) => {
    state = 'lost';
    logger.warn({ reason: describeError(error) }, 'lost the connection to RabbitMQ, reconnecting');
  });
  model.on('connect-failed', (error) => {
    if (state === 'lost') logger.warn({ reason: describeError(error) }, 'RabbitMQ still away, reconnecting');
  });
  // Each error also comes as a `disconnect`; without a listener it would end the process.
  model.on('error', () => undefined);
  return () => state === 'connected';
}

/**
 * Prepares a new connection. amqplib listens to it only afterwards: an error would end the process, and a connection that broke
 * meanwhile would count as good for ever.
 */
async function declareShared(model: ChannelModel): Promise<void> {
  const connection = { lost: false };
  model.on('error', () => undefined);
  model.once('close', () => (connection.lost = true));
  const channel = quiet(await model.createChannel());
  await declareDeadLetters(channel);
  await closeChannel(channel);
  if (connection.lost) throw unreachable('the connection broke while it was made');
}

/** Each error is followed by `close`; without a listener it would end the process. */
function quiet<AnyChannel extends Channel>(channel: AnyChannel): AnyChannel {
  channel.on('error', () => undefined);
  return channel;
}

function withHeartbeat(text: string): string {
  const url = new URL(text);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(heartbeatSeconds));
  return url.href;
}
