import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { availableRoads, prepareGround, startSystem, type Ground } from '../../support/system.ts';
import { action, beats, databaseBy, endOfAll, impatient, openJournal, patience, wayTo } from './faults.ts';

/** The results that wait in the spool. */
function spooled({ spool }: Ground): string[] {
  try {
    const files = readdirSync(spool, { encoding: 'utf8', recursive: true });
    return files.filter((name) => name.endsWith('.json')).map((name) => basename(name));
  } catch {
    return [];
  }
}

describe.each(availableRoads())('an outage, over %s', (road) => {
  test('of the way from the worker to the database: what runs goes on, and all of it arrives', async () => {
    const ground = await prepareGround(road);
    const system = await startSystem(road, {}, ground);
    const way = await wayTo(ground.databaseUrl);
    const journal = openJournal();
    await system.register({
      'talk.yaml': action('talk'),
      'talk.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; for i in 1 2 3 4 5 6; do echo line $i; sleep 0.2; done\n`,
      'brief.yaml': action('brief'),
      'brief.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 0.3; echo brief\n`,
    });
    await system.startAgent({ ...databaseBy(way), ...beats });
    const talk = await system.execute('test.talk');
    const brief = await system.execute('test.brief');
    await expect.poll(() => journal.lines().length, patience).toBe(2);
    way.block();
    await delay(2000);
    way.restore();
    const ended = await endOfAll(system, [talk, brief]);
    expect(ended).toMatchObject([
      { state: 'completed', epoch: 1, attempts: 1 },
      { state: 'completed', epoch: 1, attempts: 1 },
    ]);
    expect(await system.log(talk.id, 'stdout')).toBe([1, 2, 3, 4, 5, 6].map((i) => `line ${i}\n`).join(''));
    expect(await system.log(brief.id, 'stdout')).toBe('brief\n');
    expect(journal.lines()).toHaveLength(2);
    await expect.poll(() => spooled(ground), patience).toEqual([]);
  });

  test('of the whole database, longer than a worker may be silent: no worker is lost', async () => {
    const ground = await prepareGround(road);
    const way = await wayTo(ground.databaseUrl);
    const system = await startSystem(road, { ...databaseBy(way), ...impatient }, ground);
    const journal = openJournal();
    await system.register({
      'long.yaml': action('long', 'retry: {on_worker_lost: true, max_attempts: 3}\n'),
      'long.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; echo begun; sleep 4; echo over\n`,
    });
    await system.startAgent({ ...databaseBy(way), ...beats });
    const { id } = await system.execute('test.long');
    await expect.poll(() => system.log(id, 'stdout'), patience).toBe('begun\n');
    way.block();
    await delay(2500);
    way.restore();
    await expect.poll(() => fetch(`${system.url}/health/ready`).then(({ ok }) => ok), patience).toBe(true);
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', epoch: 1, attempts: 1 });
    expect(await system.log(id, 'stdout')).toBe('begun\nover\n');
    expect(journal.lines()).toHaveLength(1);
    const later = await system.execute('test.long');
    await system.reaches(later.id, 'running');
    await system.cancel(later.id);
    expect((await system.reaches(later.id)).state).toBe('cancelled');
  });

  test('and then the death of the worker: the next one delivers what it spooled', async () => {
    const ground = await prepareGround(road);
    const system = await startSystem(road, {}, ground);
    const way = await wayTo(ground.databaseUrl);
    await system.register({
      'talk.yaml': action('talk'),
      'talk.sh': 'echo first; sleep 0.6; echo second; sleep 0.3; echo third\n',
    });
    const agent = await system.startAgent(databaseBy(way));
    const { id } = await system.execute('test.talk');
    await expect.poll(() => system.log(id, 'stdout'), patience).toBe('first\n');
    way.block();
    await expect.poll(() => spooled(ground), patience).toEqual([`${id}-1.json`]);
    agent.process.kill('SIGKILL');
    await agent.exited;
    way.restore();
    const next = await system.startAgent(databaseBy(way));
    expect(await system.show(id)).toMatchObject({ state: 'completed', epoch: 1 });
    expect(await system.log(id, 'stdout')).toBe('first\nsecond\nthird\n');
    expect(spooled(ground)).toEqual([]);
    expect(next.lines.join()).toContain('spooled result delivered');
  });

  test('in which connections stay and nothing gets through, and then the death of the worker: the same', async () => {
    const ground = await prepareGround(road);
    const system = await startSystem(road, {}, ground);
    const way = await wayTo(ground.databaseUrl);
    await system.register({ 'brief.yaml': action('brief'), 'brief.sh': 'sleep 0.5; echo over\n' });
    const agent = await system.startAgent(databaseBy(way));
    const { id } = await system.execute('test.brief');
    await system.reaches(id, 'running');
    way.stall();
    await expect.poll(() => spooled(ground), patience).toEqual([`${id}-1.json`]);
    agent.process.kill('SIGKILL');
    await agent.exited;
    way.cut();
    way.restore();
    await system.startAgent(databaseBy(way));
    expect(await system.show(id)).toMatchObject({ state: 'completed', epoch: 1 });
    expect(await system.log(id, 'stdout')).toBe('over\n');
    expect(spooled(ground)).toEqual([]);
  });

  test('and then the death of the worker, noticed before the next one comes: what it spooled is refused and forgotten', async () => {
    const ground = await prepareGround(road);
    const system = await startSystem(road, impatient, ground);
    const way = await wayTo(ground.databaseUrl);
    await system.register({ 'brief.yaml': action('brief'), 'brief.sh': 'sleep 0.5; echo late\n' });
    const agent = await system.startAgent({ ...databaseBy(way), ...beats });
    const { id } = await system.execute('test.brief');
    await system.reaches(id, 'running');
    way.block();
    await expect.poll(() => spooled(ground), patience).toEqual([`${id}-1.json`]);
    agent.process.kill('SIGKILL');
    expect((await system.reaches(id)).state).toBe('abandoned');
    way.restore();
    await system.startAgent(databaseBy(way));
    expect((await system.show(id)).state).toBe('abandoned');
    expect(await system.log(id, 'stdout')).toBe('');
    expect(spooled(ground)).toEqual([]);
  });

  test('while the worker is told to stop: it drains, leaves the result in the spool, and exits', async () => {
    const ground = await prepareGround(road);
    const system = await startSystem(road, {}, ground);
    const way = await wayTo(ground.databaseUrl);
    await system.register({
      'brief.yaml': action('brief'),
      'brief.sh': 'echo early; sleep 0.5; echo late\n',
    });
    const agent = await system.startAgent({ ...databaseBy(way), ATTUNE_WORKER_DRAIN_TIME: '1s' });
    const { id } = await system.execute('test.brief');
    await system.reaches(id, 'running');
    way.block();
    agent.process.kill('SIGTERM');
    await agent.exited;
    expect(spooled(ground)).toEqual([`${id}-1.json`]);
    way.restore();
    await system.startAgent(databaseBy(way));
    expect((await system.show(id)).state).toBe('completed');
    expect(await system.log(id, 'stdout')).toBe('early\nlate\n');
  });

  test('of single connections, again and again, under load: what runs is stored, once, and everybody goes on', async () => {
    const ground = await prepareGround(road);
    const [serverWay, agentWay] = await Promise.all([wayTo(ground.databaseUrl), wayTo(ground.databaseUrl)]);
    const system = await startSystem(
      road,
      { ...databaseBy(serverWay), ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s' },
      ground,
    );
    const journal = openJournal();
    await system.register({
      'noop.yaml': action('noop'),
      'noop.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 0.05\n`,
    });
    const agent = await system.startAgent({ ...databaseBy(agentWay), ...beats });
    const refused: unknown[] = [];
    const asking = Array.from({ length: 100 }, async (_, index) => {
      await delay(index * 20);
      await system.execute('test.noop').catch((error: unknown) => refused.push(error));
    });
    for (let cuts = 0; cuts < 20; cuts += 1) {
      await delay(100);
      (cuts % 2 === 0 ? agentWay : serverWay).cut();
    }
    await Promise.all(asking);
    for (const error of refused) expect(String(error)).toContain('database_unreachable');
    const last = await vi.waitUntil(() => system.execute('test.noop').catch(() => undefined));
    expect((await system.reaches(last.id)).state).toBe('completed');
    const began = journal.lines();
    expect(new Set(began).size).toBe(began.length);
    const ended = await endOfAll(
      system,
      began.map((id) => ({ id: Number(id) })),
    );
    // A second epoch is a claim whose answer was cut off: it has not begun, and is placed again.
    expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['completed']));
    expect(agent.process.exitCode).toBeNull();
  });

  test('of the server: what runs ends well, and what waits runs under the next one', async () => {
    const ground = await prepareGround(road);
    const first = await startSystem(road, impatient, ground);
    const journal = openJournal();
    await first.register({
      'brief.yaml': action('brief'),
      'brief.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}; sleep 0.5\n`,
    });
    await first.startAgent({ ...beats, ATTUNE_WORKER_CONCURRENCY: '2' });
    const asked = await Promise.all(Array.from({ length: 8 }, () => first.execute('test.brief')));
    await expect.poll(() => journal.lines().length, patience).toBeGreaterThan(0);
    await first.stop();
    const second = await startSystem(road, impatient, ground);
    const ended = await endOfAll(second, asked);
    expect(new Set(ended.map(({ state, epoch }) => `${state} ${epoch}`))).toEqual(new Set(['completed 1']));
    expect(journal.lines()).toHaveLength(asked.length);
  });

  test('of nothing: two servers at once place each execution once', async () => {
    const ground = await prepareGround(road);
    const [one, other] = [
      await startSystem(road, impatient, ground),
      await startSystem(road, impatient, ground),
    ];
    const journal = openJournal();
    await one.register({
      'noop.yaml': action('noop'),
      'noop.sh': `echo $ATTUNE_EXEC_ID >> ${journal.path}\n`,
    });
    const early = await Promise.all(Array.from({ length: 20 }, () => other.execute('test.noop')));
    await one.startAgent(beats);
    const late = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : other).execute('test.noop')),
    );
    const ended = await endOfAll(one, [...early, ...late]);
    expect(new Set(ended.map(({ state, epoch }) => `${state} ${epoch}`))).toEqual(new Set(['completed 1']));
    expect(journal.lines().toSorted()).toEqual(ended.map(({ id }) => String(id)).toSorted());
  });
});
