import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { requires } from '../../support/requires.ts';
import { prepareGround, startSystem } from '../../support/system.ts';
import { action, brokerBy, endOfAll, openJournal, wayTo } from './faults.ts';

describe.skipIf(!requires('amqp'))('an outage of the broker', () => {
  test('keeps nobody from asking: what was asked for runs when it is back', async () => {
    const ground = await prepareGround('rabbitmq');
    const way = await wayTo(ground.brokerUrl ?? '');
    const system = await startSystem(
      'rabbitmq',
      { ...brokerBy(way), ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s' },
      ground,
    );
    const journal = openJournal();
    await system.register({
      'noop.yaml': action('noop'),
      'noop.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}\n`,
      'slow.yaml': action('slow'),
      'slow.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 1\n`,
    });
    await system.startAgent(brokerBy(way));
    const running = await system.execute('test.slow');
    await system.reaches(running.id, 'running');
    way.block();
    const asked = await Promise.all(Array.from({ length: 5 }, () => system.execute('test.noop')));
    expect(asked.map(({ state }) => state)).toEqual(asked.map(() => 'scheduled'));
    expect((await system.reaches(running.id)).state).toBe('completed');
    way.restore();
    const ended = await endOfAll(system, asked);
    expect(ended.map(({ state }) => state)).toEqual(asked.map(() => 'completed'));
    expect(journal.lines()).toHaveLength(6);
  });

  test('again and again, under load: each execution ends well, and once', async () => {
    const ground = await prepareGround('rabbitmq');
    const [serverWay, agentWay] = await Promise.all([
      wayTo(ground.brokerUrl ?? ''),
      wayTo(ground.brokerUrl ?? ''),
    ]);
    const system = await startSystem(
      'rabbitmq',
      { ...brokerBy(serverWay), ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s' },
      ground,
    );
    const journal = openJournal();
    await system.register({
      'noop.yaml': action('noop'),
      'noop.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 0.05\n`,
    });
    await system.startAgent(brokerBy(agentWay));
    const asking = Array.from({ length: 200 }, async (_, index) => {
      await delay(index * 10);
      return system.execute('test.noop');
    });
    for (let cuts = 0; cuts < 20; cuts += 1) {
      await delay(100);
      (cuts % 2 === 0 ? agentWay : serverWay).cut();
    }
    const ended = await endOfAll(system, await Promise.all(asking));
    expect(new Set(ended.map(({ state, epoch }) => `${state} ${epoch}`))).toEqual(new Set(['completed 1']));
    expect(journal.lines().toSorted()).toEqual(ended.map(({ id }) => String(id)).toSorted());
  });
});
