import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAmqpRoad } from '../../../src/broker/amqp/amqp-road.ts';
import type { Road } from '../../../src/broker/road.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { startProxy } from '../../support/proxy.ts';
import { freshBroker } from '../../support/rabbitmq.ts';
import { requires } from '../../support/requires.ts';
import { roadConformance } from './road-conformance.ts';
import type { RoadFixture } from './road-scene.ts';

const logger = createLogger('silent');

describe.skipIf(!requires('amqp'))('the road over RabbitMQ', () => {
  roadConformance(makeFixture);

  describe('opening', () => {
    let broker: Awaited<ReturnType<typeof freshBroker>>;
    beforeAll(async () => {
      broker = await freshBroker();
    });
    afterAll(() => broker.drop());

    test('a wrong password does not heal by itself, and is not told', async () => {
      const url = new URL(broker.url);
      url.password = 'not-the-password';
      const error: unknown = await openAmqpRoad(url.href, logger).catch((problem: unknown) => problem);
      expect(error).toMatchObject({ code: 'wrong_credentials', retryable: false });
      expect(String(error)).not.toContain('not-the-password');
    });

    test('an unknown virtual host is named', async () => {
      const url = new URL(broker.url);
      url.pathname = 'nowhere';
      await expect(openAmqpRoad(url.href, logger)).rejects.toMatchObject({ code: 'unknown_virtual_host' });
    });

    test('a broker that is away may come', async () => {
      const proxy = await startProxy(broker.url);
      await proxy.close();
      await expect(openAmqpRoad(proxy.url, logger)).rejects.toMatchObject({
        code: 'broker_unreachable',
        retryable: true,
      });
    });
  });

  test('readiness follows the connection', async () => {
    const fixture = await makeFixture();
    const road = await fixture.open();
    const before = road.connected();
    fixture.proxy.block();
    await vi.waitFor(() => expect(road.connected()).toBe(false));
    fixture.proxy.restore();
    await vi.waitFor(() => expect(road.connected()).toBe(true), { timeout: 20_000 });
    await fixture.end();
    expect(before).toBe(true);
  });
});

/** A virtual host of its own, behind a proxy. */
async function makeFixture(): Promise<RoadFixture> {
  const broker = await freshBroker();
  const proxy = await startProxy(broker.url);
  const roads: Road[] = [];
  return {
    proxy,
    async open() {
      const road = await openAmqpRoad(proxy.url, logger);
      roads.push(road);
      return road;
    },
    async end() {
      await Promise.all(roads.map((road) => road.close()));
      await proxy.close();
      await broker.drop();
    },
  };
}
