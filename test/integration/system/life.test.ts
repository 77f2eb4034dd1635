import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { startSystem, type RoadName } from '../../support/system.ts';

const roads: [RoadName, string][] = [
  ['postgresql', 'postgres'],
  ['rabbitmq', 'amqp'],
];

const action = (name: string, extra = '') => `ref: test.${name}\nentry_point: ${name}.sh\n${extra}`;

/** Processes whose command line holds the text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => commandLine(pid).includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe.each(roads.filter(([, capability]) => requires(capability)))('the system over %s', (road) => {
  test('runs an execution and shows its result, its log, and who ran it', async () => {
    const system = await startSystem(road);
    await system.register({
      'greet.yaml': action(
        'greet',
        'output_format: json\nparameters: {name: {type: string, required: true}}\n',
      ),
      'greet.sh': 'echo "reading" >&2\nsed -n \'s/.*"name":"\\([^"]*\\)".*/{"hello":"\\1"}/p\'\n',
    });
    await system.startAgent({ ATTUNE_WORKER_NAME: 'one' });
    const { id } = await system.execute('test.greet', { name: 'Ada' });
    const ended = await system.reaches(id);
    expect(ended).toMatchObject({
      state: 'completed',
      epoch: 1,
      worker: { name: 'one' },
      result: { exit_code: 0, succeeded: true, data: { hello: 'Ada' }, error: null },
    });
    expect(await system.log(id, 'stdout')).toBe('{"hello":"Ada"}\n');
    expect(await system.log(id, 'stderr')).toBe('reading\n');
  });

  test('what was asked for before any worker is there waits with a reason, and runs when one comes', async () => {
    const system = await startSystem(road);
    await system.register({ 'noop.yaml': action('noop'), 'noop.sh': 'cat >/dev/null\n' });
    const { id } = await system.execute('test.noop');
    expect(await system.show(id)).toMatchObject({
      state: 'requested',
      waiting_reason: 'needs shell; no worker is online',
    });
    await system.startAgent();
    expect((await system.reaches(id)).state).toBe('completed');
  });

  test('never runs more at a time than the worker has slots, and loses none', async () => {
    const system = await startSystem(road);
    await system.register({
      'count.yaml': action('count'),
      'count.sh': 'mkdir -p running; touch running/$$; ls running | wc -l; sleep 0.1; rm running/$$\n',
    });
    await system.startAgent({ ATTUNE_WORKER_CONCURRENCY: '3' });
    const asked = await Promise.all(Array.from({ length: 30 }, () => system.execute('test.count')));
    const ended = await Promise.all(asked.map(({ id }) => system.reaches(id)));
    expect(ended.map(({ state }) => state)).toEqual(Array.from({ length: 30 }, () => 'completed'));
    expect(Math.max(...ended.map(({ result }) => Number(result?.data)))).toBeLessThanOrEqual(3);
  });

  test('a cancelled execution ends, with everything that it has forked', async () => {
    const system = await startSystem(road);
    const mark = `attune-cancel-${road}-${process.pid}`;
    await system.register({
      'fork.yaml': action('fork'),
      'fork.sh': `trap '' TERM\n(trap '' TERM; setsid sh -c "exec -a ${mark} sleep 1000" &)\nbash -c "trap '' TERM; exec -a ${mark} sleep 1000" &\necho forked\nwait\n`,
    });
    await system.startAgent();
    const { id } = await system.execute('test.fork');
    while (!(await system.log(id, 'stdout')).includes('forked')) await delay(20);
    await system.cancel(id);
    expect(await system.reaches(id)).toMatchObject({
      state: 'cancelled',
      result: { error: { code: 'cancelled' } },
    });
    expect(processesWith(mark)).toEqual([]);
  });

  test('a timeout ends it as timeout', async () => {
    const system = await startSystem(road);
    await system.register({
      'slow.yaml': action('slow', 'timeout: 0.3\n'),
      'slow.sh': 'echo started; sleep 1000\n',
    });
    await system.startAgent();
    const { id } = await system.execute('test.slow');
    expect(await system.reaches(id)).toMatchObject({
      state: 'timeout',
      result: { error: { code: 'timeout' } },
    });
    expect(await system.log(id, 'stdout')).toBe('started\n');
  });

  test('a stopping worker lets its execution finish, takes no other, and leaves with exit code 0', async () => {
    const system = await startSystem(road);
    await system.register({ 'brief.yaml': action('brief'), 'brief.sh': 'echo started; sleep 1\n' });
    const agent = await system.startAgent();
    const { id } = await system.execute('test.brief');
    await system.reaches(id, 'running');
    agent.process.kill('SIGTERM');
    await agent.says('stopping');
    const later = await system.execute('test.brief');
    expect(await agent.exited).toBe(0);
    expect((await system.show(id)).state).toBe('completed');
    expect((await system.show(later.id)).state).toBe('scheduled');
  });

  test('a second signal ends what runs: it is abandoned, with the reason', async () => {
    const system = await startSystem(road);
    await system.register({ 'slow.yaml': action('slow'), 'slow.sh': 'sleep 1000\n' });
    const agent = await system.startAgent();
    const { id } = await system.execute('test.slow');
    await system.reaches(id, 'running');
    agent.process.kill('SIGTERM');
    await agent.says('stopping');
    agent.process.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
    expect(await system.show(id)).toMatchObject({
      state: 'abandoned',
      result: { error: { code: 'worker_stopped' } },
    });
  });

  test('a killed worker is noticed: its execution is abandoned, or tried again where the action says so', async () => {
    const system = await startSystem(road, {
      ATTUNE__SCHEDULER__WORKER_LOST_AFTER: '2s',
      ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s',
    });
    await system.register({
      'slow.yaml': action('slow'),
      'slow.sh': 'sleep 3\n',
      'again.yaml': action('again', 'retry: {on_worker_lost: true, max_attempts: 2}\n'),
      'again.sh': 'sleep 3\n',
    });
    const settings = { ATTUNE_WORKER_HEARTBEAT_INTERVAL: '0.5s' };
    const first = await system.startAgent(settings);
    const lost = await system.execute('test.slow');
    const again = await system.execute('test.again');
    await system.reaches(lost.id, 'running');
    await system.reaches(again.id, 'running');
    first.process.kill('SIGKILL');
    await system.startAgent(settings);
    expect(await system.reaches(lost.id)).toMatchObject({ state: 'abandoned', result: { succeeded: false } });
    expect(await system.reaches(again.id)).toMatchObject({ state: 'completed', epoch: 2 });
  });

  test('one that fails is tried again as its action says, and every try can be looked at', async () => {
    const system = await startSystem(road, { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s' });
    const marks = folderWith({});
    await system.register({
      'flaky.yaml': action('flaky', 'retry: {max_attempts: 5, delay: 0.1, backoff: 2, on: [failed]}\n'),
      'flaky.sh': `cat >/dev/null; echo x >> ${marks}/tries; n=$(wc -l < ${marks}/tries); echo "try $n"; [ "$n" -ge 3 ]\n`,
    });
    await system.startAgent();
    const { id } = await system.execute('test.flaky');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', attempts: 3, epoch: 3 });
    const answer = await fetch(`${system.url}/api/v1/executions/${id}/attempts`);
    expect(await answer.json()).toMatchObject({
      items: [
        { epoch: 1, state: 'failed', result: { exit_code: 1 } },
        { epoch: 2, state: 'failed', result: { exit_code: 1 } },
        { epoch: 3, state: 'completed', result: { exit_code: 0 } },
      ],
    });
    const first = await fetch(`${system.url}/api/v1/executions/${id}/logs/stdout?epoch=1`);
    expect(await first.text()).toBe('try 1\n');
    expect(await system.log(id, 'stdout')).toBe('try 3\n');
  });

  test('what waits for a pool without workers says so, and moves to a pool that can run it', async () => {
    const system = await startSystem(road, { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s' });
    await system.register({ 'noop.yaml': action('noop'), 'noop.sh': 'cat >/dev/null\n' });
    const agent = await system.startAgent({ ATTUNE_WORKER_POOL: 'first' });
    agent.process.kill('SIGTERM');
    await agent.exited;
    const { id } = await system.execute('test.noop');
    await expect
      .poll(() => system.show(id))
      .toMatchObject({
        state: 'scheduled',
        pool: 'first',
        waiting_reason: 'pool first has no worker online',
      });
    await system.startAgent({ ATTUNE_WORKER_POOL: 'second' });
    expect(await system.reaches(id)).toMatchObject({
      state: 'completed',
      pool: 'second',
      waiting_reason: null,
    });
  });

  test('a secret reaches the action, and nobody else', async () => {
    const system = await startSystem(road);
    await system.register({
      'echo.yaml': action(
        'echo',
        'output_format: json\nparameters: {password: {type: string, secret: true}}\n',
      ),
      'echo.sh': 'cat\nprintf "saw hunter2-sec" >&2; sleep 0.3; printf "ret here\\n" >&2\n',
    });
    const agent = await system.startAgent();
    const { id, parameters } = await system.execute('test.echo', { password: 'hunter2-secret' });
    const ended = await system.reaches(id);
    expect(ended).toMatchObject({ state: 'completed', result: { data: { password: '***' } } });
    expect(await system.log(id, 'stdout')).toBe('{"password":"***"}\n');
    expect(await system.log(id, 'stderr')).toBe('saw *** here\n');
    expect(JSON.stringify([parameters, ended.parameters, agent.lines])).not.toContain('hunter2');
  });
});
