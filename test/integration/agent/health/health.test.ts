import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newSocketName } from '../../../../src/agent/health/socket-names.ts';
import { spawnAgent, startAgent } from '../../../support/agent.ts';
import { requires } from '../../../support/requires.ts';
import { startProxy } from '../../../support/proxy.ts';
import { prepareGround, startSystem } from '../../../support/system.ts';

describe('attune-agent health', () => {
  test('finds the agents of this mount namespace, and an unready one makes it fail', async () => {
    const agent = spawnAgent({
      ATTUNE__DATABASE__URL: 'postgres://nobody:hunter2@127.0.0.1:1/none',
      ATTUNE_WORKER_RUNTIMES: 'shell',
    });
    await agent.says('waiting for the control plane');
    const { code, text } = await health();
    expect(code).toBe(1);
    expect(text).toMatch(/^unhealthy: .*the worker is not registered: PostgreSQL cannot be reached/);
    expect(text).not.toContain('hunter2');
  });

  test('says that an agent hangs', async () => {
    const silent = createServer(() => undefined).listen(newSocketName());
    onTestFinished(() => void silent.close());
    const { code, text } = await health(['--live']);
    expect(code).toBe(1);
    expect(text).toContain('an agent does not answer: not within 2 s');
  });

  test('refuses what it does not know', async () => {
    expect(await health(['--no-such'])).toMatchObject({ code: 2 });
  });
});

describe.skipIf(!requires('postgres'))('an agent that works', () => {
  test('is ready by HTTP and counts what it did, until the database is away', async () => {
    const ground = await prepareGround('postgresql');
    const system = await startSystem('postgresql', {}, ground);
    const proxy = await startProxy(ground.databaseUrl);
    onTestFinished(() => proxy.close());
    await system.register({ 'say.yaml': 'ref: test.say\nentry_point: say.sh\n', 'say.sh': 'echo hi\n' });
    const agent = await startAgent({
      ...ground.environment,
      ATTUNE__DATABASE__URL: proxy.url,
      ATTUNE_WORKER_NAME: 'probed',
      ATTUNE_WORKER_HEARTBEAT_INTERVAL: '100ms',
      ATTUNE_AGENT_HEALTH_PORT: '0',
      ATTUNE_AGENT_HEALTH_HOST: '127.0.0.1',
    });
    const url = urlOf(agent.lines);
    expect(await get(`${url}/live`)).toMatchObject({ status: 200 });
    await expect.poll(() => get(`${url}/ready`)).toMatchObject({ status: 200 });
    expect((await get(`${url}/ready`)).text).toMatch(
      /^worker probed of pool .*, 0 of 4 slots taken, heard 0 s ago\n$/,
    );
    await system.reaches((await system.execute('test.say')).id);
    await expect
      .poll(async () => (await get(`${url}/metrics`)).text)
      .toContain('attune_agent_executions_finished_total{state="completed"} 1');
    const { text } = await get(`${url}/metrics`);
    for (const line of ['attune_agent_ready 1', 'attune_agent_slots 4', 'attune_agent_spooled_results 0'])
      expect(text).toContain(line);
    expect(await get(`${url}/other`)).toMatchObject({ status: 404 });

    await proxy.close();
    await expect.poll(() => get(`${url}/ready`)).toMatchObject({ status: 503 });
    expect((await get(`${url}/ready`)).text).toContain('worker probed was not heard for');
    expect(await get(`${url}/live`)).toMatchObject({ status: 200 });
  });

  test('refuses to start with a port that is taken, and names the setting', async () => {
    const ground = await prepareGround('postgresql');
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const agent = spawnAgent({
      ...ground.environment,
      ATTUNE_AGENT_HEALTH_PORT: String(port),
      ATTUNE_AGENT_HEALTH_HOST: '127.0.0.1',
    });
    expect(await agent.exited).toBe(1);
    expect(agent.lines.at(-1)).toContain('ATTUNE_AGENT_HEALTH_PORT');
  });
});

interface Answer {
  readonly code: number;
  readonly text: string;
}

/** Other tests may run agents of the same mount namespace: only what a test made may be asserted. */
function health(words: readonly string[] = []): Promise<Answer> {
  const main = join(import.meta.dirname, '../../../../src/agent/main.ts');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'health', ...words], (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, text: stdout }),
    );
  });
}

function urlOf(lines: readonly string[]): string {
  const line = lines.find((each) => each.includes('answers probes')) ?? '';
  return `http://127.0.0.1:${/"port":(\d+)/.exec(line)?.[1]}`;
}

async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
}
