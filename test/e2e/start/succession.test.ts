import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { TestAgent } from '../../support/agent.ts';
import { folderWith } from '../../support/folder.ts';
import { descendantsOf } from '../../support/processes.ts';
import { startProxy } from '../../support/proxy.ts';
import { requires } from '../../support/requires.ts';
import { startSealedAgent } from '../../support/sealed/agent.ts';
import {
  completed,
  ended,
  registerCounting,
  remainsOf,
  startCounting,
  type Counting,
} from '../../support/sealed/counting.ts';
import { replaceAgent, signalAgent, withoutAgent } from '../../support/sealed/succession.ts';
import { availableRoads, startSystem, type Environment, type TestSystem } from '../../support/system.ts';

const possible = requires('agent') && requires('postgres');

describe.skipIf(!possible).each(possible ? availableRoads() : [])(
  'the execution of an agent, over %s',
  (road) => {
    test('goes on when the agent is killed, and again, and nothing is lost or comes twice', async () => {
      const system = await startSystem(road);
      const { agent, counting } = await startAll(system);
      await replaceAgent(agent, 'SIGKILL');
      await counting.advances();
      await replaceAgent(agent, 'SIGKILL');
      await counting.advances();
      counting.release();
      const left = await remainsOf(system, counting);
      expect(left).toEqual(completed(left));
      expect(descendantsOf(supervisorOf(agent))).toHaveLength(1);
    });

    test('is cancelled while there is no agent', async () => {
      const system = await startSystem(road);
      const { agent, counting } = await startAll(system, patient);
      await withoutAgent(agent, () => system.cancel(counting.id));
      const left = await remainsOf(system, counting);
      expect(left).toEqual(ended(left, 'cancelled'));
    });

    test('finishes when the container is told to stop while there is no agent', async () => {
      const system = await startSystem(road);
      const { agent, counting } = await startAll(system, patient);
      await withoutAgent(agent, async () => process.kill(supervisorOf(agent), 'SIGTERM'));
      const { left, ...stop } = await stopOf(system, { agent, counting });
      expect(left).toEqual(completed(left));
      expect(stop).toEqual({ status: 0, cancelled: false });
    });
  },
);

describe.skipIf(!possible)('the execution of an agent', () => {
  test('goes on when the agent hangs', async () => {
    const system = await startSystem('postgresql');
    const { agent, counting } = await startAll(system, { ATTUNE_AGENT_HANG_TIME: '1s' });
    await replaceAgent(agent, 'SIGSTOP');
    await counting.advances();
    counting.release();
    const left = await remainsOf(system, counting);
    expect(left).toEqual(completed(left));
  });

  test.each([
    { moment: 'the next agent is not there yet', line: 'the agent died', times: 1 },
    { moment: 'the next agent cannot obey yet', line: 'attune-agent starts', times: 2 },
  ])('finishes when the container is told to stop and $moment', async ({ line, times }) => {
    const system = await startSystem('postgresql');
    const { agent, counting } = await startAll(system);
    signalAgent(agent, 'SIGKILL');
    await agent.says(line, times);
    process.kill(supervisorOf(agent), 'SIGTERM');
    const { left, ...stop } = await stopOf(system, { agent, counting });
    expect(left).toEqual(completed(left));
    expect(stop).toEqual({ status: 0, cancelled: false });
  });

  test('ends while there is no agent', async () => {
    const system = await startSystem('postgresql');
    const { agent, counting } = await startAll(system, patient);
    await withoutAgent(agent, async () => {
      counting.release();
      await onlyAgentIsLeft(agent);
    });
    const left = await remainsOf(system, counting);
    expect(left).toEqual(completed(left));
  });

  test('times out while there is no agent', async () => {
    const system = await startSystem('postgresql');
    const { agent, counting } = await startAll(system, patient, 'timeout: 2\n');
    await withoutAgent(agent, () => onlyAgentIsLeft(agent));
    const left = await remainsOf(system, counting);
    expect(left).toEqual(ended(left, 'timeout'));
  });

  test('keeps its parameter file as long as it runs, whoever is its agent', async () => {
    const folder = folderWith({});
    const system = await startSystem('postgresql');
    const settings = { ATTUNE_WORKER_TMP_DIR: folder };
    const { agent, counting } = await startAll(system, settings, 'parameter_delivery: file\n');
    expect(readdirSync(folder)).toHaveLength(1);
    await replaceAgent(agent, 'SIGKILL');
    counting.release();
    const left = await remainsOf(system, counting);
    expect(left).toEqual(completed(left));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('goes on while its next agent finds no database, which hears of its end later', async () => {
    const system = await startSystem('postgresql');
    const way = await startProxy(system.databaseUrl);
    onTestFinished(() => way.close());
    const { agent, counting } = await startAll(system, { ATTUNE__DATABASE__URL: way.url });
    way.block();
    signalAgent(agent, 'SIGKILL');
    await agent.says('waiting for the control plane');
    counting.release();
    await onlyAgentIsLeft(agent);
    way.restore();
    const left = await remainsOf(system, counting);
    expect(left).toEqual(completed(left));
  });
});

describe.skipIf(!possible)('an agent that cannot start', () => {
  test('is not started again, and its exit code is that of the container', async () => {
    const system = await startSystem('postgresql');
    const url = new URL(system.databaseUrl);
    url.password = 'not-the-password';
    const agent = await startSealedAgent(system, { environment: { ATTUNE__DATABASE__URL: url.href } });
    expect(await agent.exited).toBe(1);
    expect(agent.lines.filter((line) => line.includes('attune-agent starts'))).toHaveLength(1);
  });
});

/** No agent is taken for one that hangs. */
const patient: Environment = { ATTUNE_AGENT_HANG_TIME: '0' };

interface Started {
  readonly agent: TestAgent;
  readonly counting: Counting;
}

/** @param extra lines of the action's definition */
async function startAll(system: TestSystem, settings: Environment = {}, extra = ''): Promise<Started> {
  await registerCounting(system, extra);
  const agent = await startSealedAgent(system, { environment: settings });
  return { agent, counting: await startCounting(system) };
}

/** What comes of an agent that was told to stop, and of its execution. */
async function stopOf(system: TestSystem, { agent, counting }: Started) {
  await agent.says('"stopping');
  counting.release();
  const left = await remainsOf(system, counting);
  return { left, status: await agent.exited, cancelled: agent.lines.join().includes('cancelling') };
}

async function onlyAgentIsLeft(agent: TestAgent): Promise<void> {
  while (descendantsOf(supervisorOf(agent)).length > 1) await delay(20);
}

function supervisorOf({ process: { pid = 0 } }: TestAgent): number {
  return pid;
}
