import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { TestAgent } from '../../support/agent.ts';
import { folderWith } from '../../support/folder.ts';
import { descendantsOf } from '../../support/processes.ts';
import { startProxy } from '../../support/proxy.ts';
import { requires } from '../../support/requires.ts';
import { startSealedAgent } from '../../support/sealed/agent.ts';
import { countedTo, registerCounting, startCounting, type Counting } from '../../support/sealed/counting.ts';
import { agentOf, replaceAgent, withoutAgent } from '../../support/sealed/succession.ts';
import { availableRoads, startSystem, type Environment, type TestSystem } from '../../support/system.ts';

const possible = requires('agent') && requires('postgres');
const secret = 'hunter2-of-the-action';

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
      await expectWhole(system, counting);
      expect(descendantsOf(supervisorOf(agent))).toHaveLength(1);
    });

    test('is cancelled while there is no agent', async () => {
      const system = await startSystem(road);
      const { agent, counting } = await startAll(system, patient);
      await withoutAgent(agent, () => system.cancel(counting.id));
      await expectEnd(system, counting, 'cancelled');
    });

    test('finishes when the container is told to stop while there is no agent', async () => {
      const system = await startSystem(road);
      const { agent, counting } = await startAll(system, patient);
      await withoutAgent(agent, async () => process.kill(supervisorOf(agent), 'SIGTERM'));
      await agent.says('"stopping');
      counting.release();
      await expectWhole(system, counting);
      expect(await agent.exited).toBe(0);
      expect(agent.lines.join()).not.toContain('cancelling');
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
    await expectWhole(system, counting);
  });

  test('ends while there is no agent', async () => {
    const system = await startSystem('postgresql');
    const { agent, counting } = await startAll(system, patient);
    await withoutAgent(agent, async () => {
      counting.release();
      await onlyAgentIsLeft(agent);
    });
    await expectWhole(system, counting);
  });

  test('times out while there is no agent', async () => {
    const system = await startSystem('postgresql');
    const { agent, counting } = await startAll(system, patient, 'timeout: 2\n');
    await withoutAgent(agent, () => onlyAgentIsLeft(agent));
    await expectEnd(system, counting, 'timeout');
  });

  test('keeps its parameter file as long as it runs, whoever is its agent', async () => {
    const folder = folderWith({});
    const system = await startSystem('postgresql');
    const settings = { ATTUNE_WORKER_TMP_DIR: folder };
    const { agent, counting } = await startAll(system, settings, 'parameter_delivery: file\n');
    expect(readdirSync(folder)).toHaveLength(1);
    await replaceAgent(agent, 'SIGKILL');
    counting.release();
    await expectWhole(system, counting);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('goes on while its next agent finds no database, which hears of its end later', async () => {
    const system = await startSystem('postgresql');
    const way = await startProxy(system.databaseUrl);
    onTestFinished(() => way.close());
    const { agent, counting } = await startAll(system, { ATTUNE__DATABASE__URL: way.url });
    way.block();
    process.kill(agentOf(agent), 'SIGKILL');
    await agent.says('waiting for the control plane');
    counting.release();
    await onlyAgentIsLeft(agent);
    way.restore();
    await expectWhole(system, counting);
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
  return { agent, counting: await startCounting(system, secret) };
}

/** It has ended by itself, and all that it wrote is there, masked. */
async function expectWhole(system: TestSystem, { id }: Counting): Promise<void> {
  const { state, attempts, epoch, result } = await system.reaches(id);
  expect({ state, attempts, epoch }).toEqual({ state: 'completed', attempts: 1, epoch: 1 });
  const last = Array.isArray(result?.data) ? result.data.length - 1 : 0;
  const wanted = countedTo(last, '***');
  expect(result?.data).toEqual(Array.from({ length: last + 1 }, (_, index) => index));
  expect(await system.log(id, 'stdout')).toBe(`${wanted.stdout}]\n`);
  expect(await system.log(id, 'stderr')).toBe(wanted.stderr);
}

/** It was ended, and what it wrote until then is there without a gap, masked. */
async function expectEnd(system: TestSystem, { id }: Counting, wanted: string): Promise<void> {
  const { state, attempts, epoch } = await system.reaches(id);
  expect({ state, attempts, epoch }).toEqual({ state: wanted, attempts: 1, epoch: 1 });
  const [stdout, stderr] = [await system.log(id, 'stdout'), await system.log(id, 'stderr')];
  const last = stdout.split('\n').length - 2;
  const whole = countedTo(last, '***');
  expect(stdout).toBe(whole.stdout);
  expect(whole.stderr.startsWith(stderr.slice(0, stderr.lastIndexOf('\n') + 1))).toBe(true);
  expect(stderr).not.toContain(secret);
}

async function onlyAgentIsLeft(agent: TestAgent): Promise<void> {
  while (descendantsOf(supervisorOf(agent)).length > 1) await delay(20);
}

function supervisorOf({ process: { pid = 0 } }: TestAgent): number {
  return pid;
}
