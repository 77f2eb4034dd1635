import { connect } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDirectLink } from '../../../../src/agent/link/direct/direct-link.ts';
import type { Link } from '../../../../src/agent/link/link.ts';
import { queueOf } from '../../../../src/broker/amqp/topology.ts';
import { createLogger } from '../../../../src/shared/logger.ts';
import { freshDatabase } from '../../../support/postgres.ts';
import { requires } from '../../../support/requires.ts';
import { availableRoads, startSystem } from '../../../support/system.ts';
import { linkConformance } from './link-conformance.ts';
import {
  attemptOf,
  openScene,
  patience,
  registerAction,
  registrationOf,
  type Addresses,
  type LinkKind,
} from './scene.ts';

const logger = createLogger('silent');
const encryptionKey = 'a key for tests that is long enough';

function open({ databaseUrl, brokerUrl }: Addresses): Link {
  return createDirectLink({ databaseUrl, messageQueueUrl: brokerUrl, encryptionKey, logger });
}

function refused(url: string): string {
  const changed = new URL(url);
  changed.password = 'not-the-secret';
  changed.username ||= 'guest';
  return changed.href;
}

const kinds: readonly LinkKind[] = availableRoads().map((road) => ({
  road,
  open,
  openRefused: (addresses) => open({ ...addresses, databaseUrl: refused(addresses.databaseUrl) }),
}));

for (const kind of kinds) linkConformance(`of an agent with direct access, over ${kind.road}`, kind);

describe.each(kinds.filter(({ road }) => road === 'rabbitmq'))('the direct link over RabbitMQ', (kind) => {
  test('a message of an attempt that goes on comes again, and is gone without harm', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const dead = await join();
    const { id } = await system.execute('test.noop');
    const attempt = attemptOf(await dead.takes(id));
    const broker = await connect(system.brokerUrl ?? '');
    onTestFinished(() => broker.close());
    const queue = queueOf(dead.registered.pool);
    const channel = await broker.createChannel();
    await dead.link.close();
    await expect.poll(() => channel.checkQueue(queue), patience).toMatchObject({ messageCount: 1 });

    const successor = await join({ slots: 2 }, { ...dead.registered, attempts: [attempt] });
    const next = await system.execute('test.noop');
    await successor.takes(next.id);
    // The message of the next one takes the only free slot: the other is neither held nor ready any more.
    expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 0 });
    expect(successor.taken).toHaveLength(1);
    expect(await system.show(id)).toMatchObject({
      state: 'running',
      epoch: 1,
      worker: { id: successor.registered.worker },
    });
  });
});

describe.skipIf(!requires('postgres'))('the direct link', () => {
  test('waits for a database that has no schema yet', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const link = open({ databaseUrl: database.url, brokerUrl: undefined, apiUrl: '' });
    onTestFinished(() => link.close());
    await expect(link.connect()).rejects.toMatchObject({ code: 'schema_missing', retryable: true });
  });

  test.each([
    ['another key', 'another key that is long enough as well', 'wrong_encryption_key'],
    ['no key', '', 'encryption_key_missing'],
  ])('with %s ends what has secrets as failed, and runs the rest', async (_, key, code) => {
    const system = await startSystem('postgresql');
    await registerAction(system, 'secretive', 'parameters: {token: {type: string, secret: true}}\n');
    const link = createDirectLink({
      databaseUrl: system.databaseUrl,
      messageQueueUrl: undefined,
      encryptionKey: key || undefined,
      logger,
    });
    onTestFinished(() => link.close());
    await link.connect();
    await link.register(registrationOf());
    const taken: number[] = [];
    await link.consume({ slots: 1, occupied: 0 }, ({ assignment }) => taken.push(assignment.execution));
    const secret = await system.execute('test.secretive', { token: 'hunter2' });
    expect(await system.reaches(secret.id)).toMatchObject({ state: 'failed', result: { error: { code } } });
    const plain = await system.execute('test.secretive');
    await system.reaches(plain.id, 'running');
    expect(taken).toEqual([plain.id]);
  });
});
