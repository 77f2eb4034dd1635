import type { Channel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAmqpRoad } from '../../../src/broker/amqp/amqp-road.ts';
import { connectBroker, withChannel, type BrokerConnection } from '../../../src/broker/amqp/connection.ts';
import { AmqpSubscription } from '../../../src/broker/amqp/subscription.ts';
import { deadLetters, declarePool, queueOf } from '../../../src/broker/amqp/topology.ts';
import type { Road } from '../../../src/broker/road.ts';
import type { Notice } from '../../../src/contract/notice.ts';
import { AttuneError } from '../../../src/shared/errors.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { freshBroker } from '../../support/rabbitmq.ts';
import { requires } from '../../support/requires.ts';
import { Ledger, Worker } from './ledger.ts';

const logger = createLogger('silent');
const patience = { timeout: 20_000, interval: 10 };

describe.skipIf(!requires('amqp'))('a queue of a pool', () => {
  let broker: Awaited<ReturnType<typeof freshBroker>>;
  let road: Road;
  /** Another client, with which the tests do what nobody should do. */
  let vandal: BrokerConnection;
  beforeAll(async () => {
    broker = await freshBroker();
    [road, vandal] = await Promise.all([openAmqpRoad(broker.url, logger), connectBroker(broker.url, logger)]);
  });
  afterAll(async () => {
    await Promise.all([road.close(), vandal.close()]);
    await broker.drop();
  });

  test.for([
    ['no JSON', 'garbage'],
    ['no object', '[1, 2]'],
    ['no epoch', '{"execution": 1}'],
    ['an epoch below one', '{"execution": 1, "epoch": 0}'],
    ['an epoch beyond what the database holds', '{"execution": 1, "epoch": 99999999999}'],
    ['a text for a number', '{"execution": "1", "epoch": 1}'],
    ['nothing', ''],
    ['10 MB', 'x'.repeat(10 * 1024 * 1024)],
  ])('sends a message with %s to the dead letters and goes on', async ([what, body]) => {
    const pool = `garbage-${what?.replaceAll(' ', '-')}`;
    const ledger = new Ledger();
    const worker = await new Worker().subscribe(road, { pool, slots: 1, claims: ledger });
    await withChannel(vandal, async (channel) => {
      await channel.purgeQueue(deadLetters);
      channel.sendToQueue(queueOf(pool), Buffer.from(body ?? ''));
    });
    await road.publish(ledger.schedule(pool));
    await vi.waitFor(() => expect(worker.taken).toHaveLength(1), patience);
    const dead = await vi.waitFor(() => takeDeadLetter(), patience);
    expect(dead).toBe(body);
  });

  test('drops a hint for an execution that nobody knows, and one of an old epoch', async () => {
    const ledger = new Ledger();
    const worker = await new Worker().subscribe(road, { pool: 'stale', slots: 1, claims: ledger });
    const [known] = ledger.schedule('stale');
    await road.publish([
      { pool: 'stale', execution: 4711, epoch: 1 },
      { pool: 'stale', execution: known?.execution ?? 0, epoch: 7 },
      { pool: 'stale', execution: known?.execution ?? 0, epoch: 1 },
    ]);
    await vi.waitFor(() => expect(worker.taken).toEqual([known?.execution]), patience);
    expect(ledger.refused).toBe(2);
  });

  test('puts aside the one hint whose claim can never succeed', async () => {
    const ledger = new Ledger();
    const poison = 666_666;
    const claims = {
      claimNext: (pool: string, count: number) => ledger.claimNext(pool, count),
      claim: (notices: readonly Notice[]) =>
        notices.some(({ execution }) => execution === poison)
          ? Promise.reject(new AttuneError('database_error', 'out of range'))
          : ledger.claim(notices),
    };
    await road.publish([{ pool: 'poison', execution: poison, epoch: 1 }, ...ledger.schedule('poison', 5)]);
    await withChannel(vandal, (channel) => channel.purgeQueue(deadLetters));
    const worker = await new Worker().subscribe(road, { pool: 'poison', slots: 6, claims });
    await vi.waitFor(() => expect(worker.taken).toHaveLength(5), patience);
    const dead = await vi.waitFor(() => takeDeadLetter(), patience);
    expect(dead).toBe(`{"execution":${poison},"epoch":1}`);
  });

  test('is made again when somebody deletes it, and works on', async () => {
    const ledger = new Ledger();
    const worker = await new Worker().subscribe(road, { pool: 'deleted', slots: 2, claims: ledger });
    await road.publish(ledger.schedule('deleted'));
    await vi.waitFor(() => expect(worker.works).toHaveLength(1), patience);
    await withChannel(vandal, (channel) => channel.deleteQueue(queueOf('deleted')));
    await road.publish(ledger.schedule('deleted', 2));
    await vi.waitFor(() => expect(worker.works).toHaveLength(2), patience);
    await worker.settle();
    await vi.waitFor(() => expect(worker.taken).toHaveLength(3), patience);
    expect(worker.peak).toBe(2);
  });

  test('is consumed on when somebody deletes it and makes it again at once', async () => {
    const ledger = new Ledger();
    const worker = await new Worker().subscribe(road, { pool: 'replaced', slots: 2, claims: ledger });
    await road.publish(ledger.schedule('replaced'));
    await vi.waitFor(() => expect(worker.works).toHaveLength(1), patience);
    await withChannel(vandal, async (channel) => {
      const deleted = channel.deleteQueue(queueOf('replaced'));
      await Promise.all([deleted, declarePool(channel, 'replaced')]);
    });
    await worker.settle();
    const lost = ledger.schedule('replaced', 2);
    await vi.waitFor(
      async () => {
        await road.publish(lost);
        expect(worker.works).toHaveLength(2);
      },
      { timeout: 40_000, interval: 500 },
    );
  });

  test('is made by the first who publishes', async () => {
    const before = await road.waiting('unheard-of');
    await road.publish([
      { pool: 'unheard-of', execution: 1, epoch: 1 },
      { pool: 'unheard-of', execution: 2, epoch: 1 },
    ]);
    await vi.waitFor(async () => expect(await road.waiting('unheard-of')).toBe(2), patience);
    expect(before).toBe(0);
  });

  test('is consumed on when the broker closes the channel, with works that keep their slots', async () => {
    const { connection, channels } = watched(vandal);
    const ledger = new Ledger();
    const worker = new Worker();
    const subscription = new AmqpSubscription<Notice>(
      connection,
      { pool: 'closed', slots: 3, occupied: 0, claims: ledger, onWork: (work) => worker.works.push(work) },
      logger,
    );
    await subscription.start();
    await road.publish(ledger.schedule('closed', 2));
    await vi.waitFor(() => expect(worker.works).toHaveLength(2), patience);
    // The broker closes a channel on which such an error is made, and delivers everything again.
    channels.at(-1)?.publish('no-such-exchange', '', Buffer.from(''));
    await road.publish(ledger.schedule('closed', 5));
    await vi.waitFor(() => expect(worker.works).toHaveLength(3), patience);
    await worker.settle();
    await vi.waitFor(() => expect(worker.works).toHaveLength(3), patience);
    await worker.settle();
    await vi.waitFor(() => expect(worker.works).toHaveLength(1), patience);
    await subscription.stop();
    expect(channels.length).toBeGreaterThan(1);
  });

  test('with settings of somebody else is an error that tells the fix', async () => {
    await withChannel(vandal, (channel) => channel.assertQueue(queueOf('foreign'), { durable: true }));
    const subscribing = new Worker().subscribe(road, { pool: 'foreign', slots: 1, claims: new Ledger() });
    const error: unknown = await subscribing.catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code: 'queue_mismatch', retryable: false });
    expect(String(error)).toContain(`'attune.pool.foreign'`);
    expect(String(error)).toContain('delete it');
  });

  /** The body of the oldest dead letter. */
  async function takeDeadLetter(): Promise<string> {
    const message = await withChannel(vandal, (channel) => channel.get(deadLetters, { noAck: true }));
    if (message === false) throw new Error('there is no dead letter');
    return message.content.toString();
  }
});

/** The connection, and every channel that is opened through it. */
function watched(connection: BrokerConnection): { connection: BrokerConnection; channels: Channel[] } {
  const channels: Channel[] = [];
  const createChannel = async () => {
    const channel = await connection.createChannel();
    channels.push(channel);
    return channel;
  };
  return { connection: { ...connection, createChannel }, channels };
}
