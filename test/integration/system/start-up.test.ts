import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { spawnAgent, type TestAgent } from '../../support/agent.ts';
import { requires } from '../../support/requires.ts';
import { availableRoads, prepareGround, startServerOn, startSystem } from '../../support/system.ts';
import { action, isRunning, wayTo } from './faults.ts';

const noop = { 'noop.yaml': action('noop'), 'noop.sh': 'cat >/dev/null\n' };

/** A way to a server that is closed at first. */
async function closedWay(url: string) {
  const way = await wayTo(url);
  way.block();
  return way;
}

async function lastLine({ exited, lines }: TestAgent): Promise<string> {
  await exited;
  return lines.at(-1) ?? '';
}

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.username ||= 'guest';
  changed.password = password;
  return changed.href;
}

async function pretendNewerSchema(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql`INSERT INTO migration (number, name) VALUES (4711, 'from the future')`;
  await sql.end();
}

describe.each(availableRoads())('an agent that starts over %s', (road) => {
  test('before the servers are there waits, says so, and works when they are', async () => {
    const ground = await prepareGround(road);
    const ways = await Promise.all([
      closedWay(ground.databaseUrl),
      ...(ground.brokerUrl === undefined ? [] : [closedWay(ground.brokerUrl)]),
    ]);
    const [database, broker] = ways;
    const agent = spawnAgent({
      ...ground.environment,
      ATTUNE__DATABASE__URL: database.url,
      ...(broker === undefined ? {} : { ATTUNE__MESSAGE_QUEUE__URL: broker.url }),
    });
    await agent.says('"database_unreachable"');
    database.restore();
    await agent.says('"schema_missing"');
    const system = await startSystem(road, {}, ground);
    if (broker !== undefined) {
      await agent.says('"broker_unreachable"');
      broker.restore();
    }
    await agent.says('"consuming"');
    await system.register(noop);
    const { id } = await system.execute('test.noop');
    expect((await system.reaches(id)).state).toBe('completed');
  });

  test('on a schema that is newer than the program leaves at once, and so does a server', async () => {
    const ground = await prepareGround(road);
    await startServerOn(ground);
    await pretendNewerSchema(ground.databaseUrl);
    const agent = spawnAgent(ground.environment);
    expect(await lastLine(agent)).toContain('"schema_too_new"');
    expect(await agent.exited).toBe(1);
    await expect(startServerOn(ground)).rejects.toMatchObject({ code: 'schema_too_new' });
  });
});

describe.skipIf(!requires('postgres'))('an agent', () => {
  test('says every few seconds what it waits for, and gives up when its time is over', async () => {
    const ground = await prepareGround('postgresql');
    const way = await closedWay(ground.databaseUrl);
    const agent = spawnAgent({
      ...ground.environment,
      ATTUNE__DATABASE__URL: way.url,
      ATTUNE_AGENT_CONNECT_TIMEOUT: '9s',
    });
    expect(await agent.exited).toBe(1);
    expect(
      agent.lines.filter((line) => line.includes('waiting for the control plane')).length,
    ).toBeGreaterThan(1);
    expect(agent.lines.at(-1)).toContain('"connect_timeout"');
  });

  test('that waits can be stopped', async () => {
    const ground = await prepareGround('postgresql');
    const agent = spawnAgent(ground.environment);
    await agent.says('"schema_missing"');
    agent.process.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
  });

  test('whose database refuses the password leaves at once, and does not tell it', async () => {
    const ground = await prepareGround('postgresql');
    const agent = spawnAgent({
      ...ground.environment,
      ATTUNE__DATABASE__URL: withPassword(ground.databaseUrl, 'not-the-password'),
    });
    expect(await lastLine(agent)).toContain('"wrong_credentials"');
    expect(await agent.exited).toBe(1);
    expect(agent.lines.join()).not.toContain('not-the-password');
  });

  test.skipIf(!requires('amqp'))('whose broker refuses the password leaves at once', async () => {
    const { environment, brokerUrl = '', ...ground } = await prepareGround('rabbitmq');
    await startServerOn({ environment, brokerUrl, ...ground });
    const wrong = {
      ...environment,
      ATTUNE__MESSAGE_QUEUE__URL: withPassword(brokerUrl, 'not-the-password'),
    };
    const agent = spawnAgent(wrong);
    expect(await lastLine(agent)).toContain('"wrong_credentials"');
    expect(await agent.exited).toBe(1);
    expect(agent.lines.join()).not.toContain('not-the-password');
    await expect(startServerOn({ environment: wrong, brokerUrl, ...ground })).rejects.toMatchObject({
      code: 'wrong_credentials',
    });
  });

  test('without a database says which setting is missing', async () => {
    const agent = spawnAgent({ PATH: process.env['PATH'] ?? '' });
    const line = await lastLine(agent);
    expect(line).toContain('"database_missing"');
    expect(line).toContain('ATTUNE__DATABASE__URL');
    expect(await agent.exited).toBe(2);
  });

  test('with wrong settings names all of them', async () => {
    const agent = spawnAgent({
      ATTUNE__DATABASE__URL: 'nonsense',
      ATTUNE_WORKER_CONCURRENCY: '0',
      ATTUNE_WORKER_LABELS: 'gpu',
      ATTUNE_WORKER_GRACE_TIME: 'long',
    });
    expect(await agent.exited).toBe(2);
    for (const name of ['DATABASE__URL', 'WORKER_CONCURRENCY', 'WORKER_LABELS', 'WORKER_GRACE_TIME']) {
      expect(agent.lines.at(-1)).toContain(name);
    }
    expect(agent.lines.at(-1)).toContain('(invalid_configuration)');
  });

  test('with a flag that it does not know leaves with exit code 2', async () => {
    const agent = spawnAgent({}, ['--no-such-flag=1']);
    expect(await lastLine(agent)).toContain('--no-such-flag');
    expect(await agent.exited).toBe(2);
  });

  test('leaves at the third signal, and takes with it what still runs', async () => {
    const system = await startSystem('postgresql');
    await system.register({
      'stubborn.yaml': action('stubborn'),
      'stubborn.sh': "trap '' TERM; echo $$; while :; do sleep 0.1; done\n",
    });
    const agent = await system.startAgent({ ATTUNE_WORKER_GRACE_TIME: '100s' });
    const { id } = await system.execute('test.stubborn');
    while ((await system.log(id, 'stdout')) === '') await delay(20);
    const pid = (await system.log(id, 'stdout')).trim();
    agent.process.kill('SIGTERM');
    await agent.says('stopping');
    agent.process.kill('SIGINT');
    await agent.says('cancelling');
    agent.process.kill('SIGTERM');
    expect(await agent.exited).toBe(1);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
