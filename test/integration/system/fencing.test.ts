import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deadLetters, queueOf } from '../../../src/broker/amqp/topology.ts';
import { requires } from '../../support/requires.ts';
import { availableRoads, startSystem } from '../../support/system.ts';
import { action, beats, impatient, isRunning, openJournal, patience } from './faults.ts';

async function openBroker(url: string): Promise<ChannelModel> {
  const broker = await connect(url);
  onTestFinished(() => broker.close());
  return broker;
}

describe.each(availableRoads())('fencing over %s', (road) => {
  test('a worker that wakes up after it was given up ends its process, writes nothing, and works again', async () => {
    const system = await startSystem(road, impatient);
    const journal = openJournal();
    await system.register({
      'long.yaml': action('long', 'retry: {on_worker_lost: true, max_attempts: 2}\n'),
      'long.sh': `echo $$ >> ${journal.path}; echo before $$; sleep 3; echo after $$\n`,
    });
    // One slot: RabbitMQ would hand the next try to a free slot of the sleeper, where it is missed only after 10 s.
    const first = await system.startAgent({
      ...beats,
      ATTUNE_WORKER_NAME: 'first',
      ATTUNE_WORKER_CONCURRENCY: '1',
    });
    const { id } = await system.execute('test.long');
    await expect.poll(() => journal.lines().length, patience).toBe(1);
    first.process.kill('SIGSTOP');
    await system.startAgent({ ...beats, ATTUNE_WORKER_NAME: 'second' });
    await expect.poll(() => journal.lines().length, patience).toBe(2);
    const [before, after] = journal.lines();
    first.process.kill('SIGCONT');
    await first.says('"worker_lost"');
    await first.says('"consuming"', 2);
    expect(isRunning(before ?? '')).toBe(false);
    expect(await system.reaches(id)).toMatchObject({
      state: 'completed',
      epoch: 2,
      worker: { name: 'second' },
    });
    expect(await system.log(id, 'stdout')).toBe(`before ${after}\nafter ${after}\n`);
    const asked = await Promise.all(Array.from({ length: 5 }, () => system.execute('test.long')));
    await Promise.all(asked.map(({ id: one }) => system.reaches(one, 'running')));
    const views = await Promise.all(asked.map(({ id: one }) => system.show(one)));
    expect(new Set(views.map(({ worker }) => worker?.name))).toEqual(new Set(['first', 'second']));
  });

  test('a worker that wakes up with a finished process does not change what was decided', async () => {
    const system = await startSystem(road, impatient);
    const journal = openJournal();
    await system.register({
      'brief.yaml': action('brief'),
      'brief.sh': `echo $$ >> ${journal.path}; sleep 0.3; echo late\n`,
    });
    const agent = await system.startAgent(beats);
    const { id } = await system.execute('test.brief');
    await expect.poll(() => journal.lines().length, patience).toBe(1);
    agent.process.kill('SIGSTOP');
    const given = await system.reaches(id);
    expect(given).toMatchObject({ state: 'abandoned', result: { error: { code: 'worker_lost' } } });
    agent.process.kill('SIGCONT');
    await agent.says('"consuming"', 2);
    expect(await system.show(id)).toEqual(given);
    expect(await system.log(id, 'stdout')).toBe('');
  });

  test('the older of two workers of one name leaves, and says why', async () => {
    const system = await startSystem(road);
    await system.register({ 'noop.yaml': action('noop'), 'noop.sh': 'cat >/dev/null\n' });
    const named = { ...beats, ATTUNE_WORKER_NAME: 'twin' };
    const older = await system.startAgent(named);
    const newer = await system.startAgent(named);
    expect(await older.exited).toBe(1);
    expect(older.lines.join()).toContain('ATTUNE_WORKER_NAME');
    const { id } = await system.execute('test.noop');
    expect((await system.reaches(id)).state).toBe('completed');
    expect(newer.process.exitCode).toBeNull();
  });

  test('a cancellation ends well whenever it comes: before, at and after the claim, and at the end', async () => {
    const system = await startSystem(road, impatient);
    const journal = openJournal();
    await system.register({
      'brief.yaml': action('brief'),
      'brief.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 0.1; echo over\n`,
    });
    await system.startAgent(beats);
    const rounds = Array.from({ length: 40 }, async (_, index) => {
      await delay(index * 20);
      const { id } = await system.execute('test.brief');
      await delay(index * 5);
      await system.cancel(id);
      return system.reaches(id);
    });
    const ended = await Promise.all(rounds);
    for (const { state, result } of ended) {
      expect(['completed', 'cancelled']).toContain(state);
      expect(result?.error?.code ?? null).toBe(state === 'completed' ? null : 'cancelled');
    }
    expect(new Set(journal.lines()).size).toBe(journal.lines().length);
  });

  test('a worker that stops hands what it has not begun to another at once', async () => {
    const system = await startSystem(road);
    await system.register({ 'slow.yaml': action('slow'), 'slow.sh': 'sleep 0.3\n' });
    const [leaving] = await Promise.all([
      system.startAgent({ ATTUNE_WORKER_NAME: 'leaving' }),
      system.startAgent({ ATTUNE_WORKER_NAME: 'staying' }),
    ]);
    const asked = Promise.all(Array.from({ length: 24 }, () => system.execute('test.slow')));
    await leaving.says('"execution ended"');
    leaving.process.kill('SIGTERM');
    expect(await leaving.exited).toBe(0);
    const ended = await Promise.all((await asked).map(({ id }) => system.reaches(id)));
    expect(new Set(ended.map(({ state, epoch }) => `${state} ${epoch}`))).toEqual(new Set(['completed 1']));
    expect(new Set(ended.map(({ worker }) => worker?.name))).toEqual(new Set(['leaving', 'staying']));
  });
});

describe.skipIf(!requires('amqp'))('a message that nobody should have sent', () => {
  test('changes nothing: stale, doubled, for nothing, or garbage', async () => {
    const system = await startSystem('rabbitmq');
    const journal = openJournal();
    await system.register({
      'noop.yaml': action('noop'),
      'noop.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}\n`,
      'slow.yaml': action('slow'),
      'slow.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 0.5\n`,
    });
    const agent = await system.startAgent();
    const done = await system.execute('test.noop');
    const { pool } = await system.reaches(done.id);
    const slow = await system.execute('test.slow');
    await system.reaches(slow.id, 'running');

    const channel = await (await openBroker(system.brokerUrl ?? '')).createConfirmChannel();
    const send = (text: string) => channel.sendToQueue(queueOf(pool ?? ''), Buffer.from(text));
    for (const epoch of [1, 2, 7]) send(JSON.stringify({ execution: done.id, epoch }));
    for (let doubles = 0; doubles < 10; doubles += 1) send(JSON.stringify({ execution: slow.id, epoch: 1 }));
    send(JSON.stringify({ execution: 4711, epoch: 1 }));
    send('garbage');
    send('{"execution":"1; DROP TABLE execution","epoch":1}');
    await channel.waitForConfirms();

    await expect.poll(async () => (await channel.checkQueue(deadLetters)).messageCount, patience).toBe(2);
    expect((await system.reaches(slow.id)).state).toBe('completed');
    const last = await system.execute('test.noop');
    expect((await system.reaches(last.id)).state).toBe('completed');
    await expect
      .poll(async () => (await channel.checkQueue(queueOf(pool ?? ''))).messageCount, patience)
      .toBe(0);
    expect(journal.lines()).toEqual([done.id, slow.id, last.id].map(String));
    expect(agent.process.exitCode).toBeNull();
  });
});
