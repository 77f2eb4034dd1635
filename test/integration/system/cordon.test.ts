import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { executionView } from '../../../src/contract/api/execution.ts';
import { pageOf } from '../../../src/contract/api/page.ts';
import { workerView, type WorkerView } from '../../../src/contract/api/worker.ts';
import { availableRoads, ask, startSystem, type Environment, type TestSystem } from '../../support/system.ts';
import { attune } from '../cli/attune.ts';

/** Nothing is sent again, so that a hint that is lost to a worker who may not claim is missed. */
const withoutRelay: Environment = { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '3600s' };
/** Longer than the test: the worker hears nothing by its heartbeat. */
const withoutHeartbeat: Environment = { ATTUNE_WORKER_HEARTBEAT_INTERVAL: '3600s' };

const brief = {
  'brief.yaml': 'ref: test.brief\nentry_point: brief.sh\n',
  'brief.sh': 'cat >/dev/null; sleep 0.1\n',
};

function request(system: TestSystem, count: number) {
  return Promise.all(Array.from({ length: count }, () => system.execute('test.brief')));
}

/** The names of the workers that completed them. */
async function completers(system: TestSystem, asked: readonly { readonly id: number }[]) {
  const ended = await Promise.all(asked.map(({ id }) => system.reaches(id)));
  expect(ended.map(({ state }) => state)).toEqual(asked.map(() => 'completed'));
  return ended.map(({ worker }) => worker?.name);
}

/** Executions that the worker has begun so far. */
async function begunBy(system: TestSystem, name: string): Promise<number[]> {
  const list = await ask(`${system.url}/api/v1/executions?limit=500`);
  const { items } = pageOf(executionView).parse(list);
  return items.filter(({ worker }) => worker?.name === name).map(({ id }) => id);
}

async function workerNamed(system: TestSystem, name: string): Promise<WorkerView> {
  const { items } = z.object({ items: z.array(workerView) }).parse(await ask(`${system.url}/api/v1/workers`));
  const found = items.find((worker) => worker.name === name);
  if (found === undefined) throw new Error(`no worker ${name}`);
  return found;
}

async function setCordon(system: TestSystem, name: string, verb: 'cordon' | 'uncordon'): Promise<void> {
  const { id } = await workerNamed(system, name);
  await ask(`${system.url}/api/v1/workers/${id}/${verb}`, {});
}

describe.each(availableRoads())('a worker that may take nothing, over %s', (road) => {
  test('a cordon in the middle: others take the rest at once; uncordoned, it takes work again', async () => {
    const system = await startSystem(road, withoutRelay);
    await system.register(brief);
    const settings = { ...withoutHeartbeat, ATTUNE_WORKER_CONCURRENCY: '3' };
    await system.startAgent({ ...settings, ATTUNE_WORKER_NAME: 'one' });
    await system.startAgent({ ...settings, ATTUNE_WORKER_NAME: 'two' });
    const asked = await request(system, 40);
    await expect.poll(() => begunBy(system, 'one')).not.toEqual([]);
    await setCordon(system, 'one', 'cordon');
    const begun = await begunBy(system, 'one');
    expect(new Set(await completers(system, asked))).toEqual(new Set(['one', 'two']));
    expect(await begunBy(system, 'one')).toEqual(begun);
    expect(begun.length).toBeLessThan(40);
    const list = await attune(['worker', 'list'], { environment: { ATTUNE_API_URL: system.url } });
    expect(list.stdout).toMatch(/one +shell-\w+ +online, cordoned/);

    await setCordon(system, 'one', 'uncordon');
    await setCordon(system, 'two', 'cordon');
    expect(new Set(await completers(system, await request(system, 8)))).toEqual(new Set(['one']));
  });

  test('what comes while all are cordoned waits until one is not', async () => {
    const system = await startSystem(road, withoutRelay);
    await system.register(brief);
    await system.startAgent({ ...withoutHeartbeat, ATTUNE_WORKER_NAME: 'one' });
    await setCordon(system, 'one', 'cordon');
    const asked = await request(system, 6);
    await setCordon(system, 'one', 'uncordon');
    expect(new Set(await completers(system, asked))).toEqual(new Set(['one']));
  });

  test('one that was replaced and has not heard so keeps nothing from its successor', async () => {
    const system = await startSystem(road, withoutRelay);
    await system.register(brief);
    const settings = { ...withoutHeartbeat, ATTUNE_WORKER_NAME: 'one' };
    const former = await system.startAgent(settings);
    await system.startAgent(settings);
    await completers(system, await request(system, 12));
    expect(former.process.exitCode).toBeNull();
  });
});
