import { describe, expect, test } from 'vitest';

import type { TestAgent } from '../../support/agent.ts';
import { descendantsOf, isRunning } from '../../support/processes.ts';
import { requires } from '../../support/requires.ts';
import { agentFile, initOf, startAgentAlone, startSealedAgent } from '../../support/sealed/agent.ts';
import { registerNativePack, startStaying } from '../../support/sealed/native-pack.ts';
import { type RunOptions, start, startAlone } from '../../support/sealed/run.ts';
import { type Ground, startSystem } from '../../support/system.ts';

const possible = requires('agent') && requires('postgres');

interface Way {
  readonly way: string;
  readonly launch: (ground: Ground, options?: RunOptions) => Promise<TestAgent>;
  /** The process to which a user sends signals. */
  readonly target: (agent: TestAgent) => number;
  readonly run: typeof start;
}

const beside: Way = {
  way: 'beside others',
  launch: startSealedAgent,
  target: ({ process: { pid = 0 } }) => pid,
  run: start,
};
const first: Way = { way: 'as process 1', launch: startAgentAlone, target: initOf, run: startAlone };
const ways = requires('namespaces') ? [beside, first] : [beside];

describe.skipIf(!possible).each(ways)('the sealed agent $way', ({ launch, target, run }) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])('leaves in peace on %s', async (signal) => {
    const system = await startSystem('postgresql');
    const agent = await launch(system);
    process.kill(target(agent), signal);
    expect(await agent.exited).toBe(0);
    expect(agent.lines.filter((line) => line.includes('stop phase')).length).toBeGreaterThan(0);
  });

  test('lets its execution finish after the first signal', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const agent = await launch(system);
    const id = await startStaying(system, 1000);
    process.kill(target(agent), 'SIGTERM');
    expect(await agent.exited).toBe(0);
    expect(await system.show(id)).toMatchObject({ state: 'completed' });
  });

  test('ends its execution after the second signal', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const agent = await launch(system);
    const id = await startStaying(system, 1_000_000);
    process.kill(target(agent), 'SIGTERM');
    await agent.says('"stopping');
    process.kill(target(agent), 'SIGHUP');
    expect(await agent.exited).toBe(0);
    expect(await system.show(id)).toMatchObject({
      state: 'abandoned',
      result: { error: { code: 'worker_stopped' } },
    });
  });

  test('exits at once after the third signal, and its process is gone', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const agent = await launch(system, { environment: { ATTUNE_WORKER_GRACE_TIME: '1h' } });
    await startStaying(system, 1_000_000, { stubborn: true });
    const processes = descendantsOf(target(agent)).map(({ pid }) => pid);
    process.kill(target(agent), 'SIGTERM');
    await agent.says('"stopping');
    process.kill(target(agent), 'SIGQUIT');
    await agent.says('"cancelling');
    process.kill(target(agent), 'SIGTERM');
    expect(await agent.exited).toBe(1);
    await expect.poll(() => processes.filter(isRunning)).toEqual([]);
  });

  test('hands on its exit status', async () => {
    expect(await run(agentFile, ['dance']).result).toMatchObject({ end: 2 });
    expect(await run(agentFile, ['--version']).result).toMatchObject({ end: 0 });
  });
});
