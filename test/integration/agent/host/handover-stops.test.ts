import { expect, test } from 'vitest';
import { isRunning } from '../../../support/processes.ts';
import { greet, initOfTest, nextAgent, sleeper, startJob, startStubborn } from './scene.ts';
import { describeSupervisors } from './supervised.ts';

/** Milliseconds for a stop, as soon as it is over. */
const hasty = { silenceMilliseconds: 0, stopMilliseconds: 300 };
const tooLate = 'attune-agent: the agent did not stop in time: killing everything';

describeSupervisors((supervisor) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const)(
    '%s is the agent’s',
    async (signal) => {
      const init = await initOfTest(supervisor());
      const agent = await nextAgent(init);
      init.process.kill(signal);
      await expect.poll(() => init.lines).toEqual([signal]);
      agent.sayGoodbye();
      expect(await init.exited).toEqual([0, null]);
    },
  );

  test('a demand to stop ends no job: that is the agent’s business', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init);
    const pid = await startJob(agent, 0, { argv: sleeper });
    init.process.kill('SIGTERM');
    await expect.poll(() => init.lines).toEqual(['SIGTERM']);
    agent.die();
    await nextAgent(init);
    expect(isRunning(pid)).toBe(true);
  });

  test('a demand to stop while there is no agent reaches the next one, once', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    first.die();
    await expect.poll(() => init.lines.length).toBe(1);
    init.process.kill('SIGTERM');
    const second = await nextAgent(init);
    await expect.poll(() => init.lines.slice(1)).toEqual(['SIGTERM']);
    // Whatever came besides would have come before this.
    init.process.kill('SIGUSR2');
    await expect.poll(() => init.lines.slice(1)).toEqual(['SIGTERM', 'SIGUSR2']);
    second.sayGoodbye();
    expect(await init.exited).toEqual([0, null]);
  });

  test('a demand to stop that comes before a successor has greeted reaches it when it has, once', async () => {
    const init = await initOfTest(supervisor());
    (await nextAgent(init)).die();
    const second = await init.nextAgent();
    init.process.kill('SIGTERM');
    init.process.kill('SIGUSR2');
    await expect.poll(() => init.lines.slice(1)).toEqual(['SIGUSR2']);
    await greet(second);
    await expect.poll(() => init.lines.slice(1)).toEqual(['SIGUSR2', 'SIGTERM']);
  });

  test('a demand to stop that comes before the first agent has greeted reaches it at once', async () => {
    const init = await initOfTest(supervisor());
    const agent = await init.nextAgent();
    init.process.kill('SIGTERM');
    await expect.poll(() => init.lines).toEqual(['SIGTERM']);
    await greet(agent, hasty);
    expect(await init.exited).toEqual([137, null]);
    expect(init.lines).toEqual(['SIGTERM', tooLate]);
  });

  test('an agent that does not stop in time is killed with all its jobs', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init, hasty);
    const pid = await startStubborn(agent, 0);
    init.process.kill('SIGTERM');
    expect(await init.exited).toEqual([137, null]);
    expect([isRunning(pid), isRunning(agent.pid), init.lines]).toEqual([false, false, ['SIGTERM', tooLate]]);
  });

  test('that holds while there is no agent', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init, hasty);
    const pid = await startStubborn(first, 0);
    for (let agent = first, death = 0; death < 3; death += 1) {
      agent.die();
      agent = await init.nextAgent();
    }
    init.process.kill('SIGTERM');
    expect(await init.exited).toEqual([137, null]);
    expect([isRunning(pid), init.lines.at(-1)]).toEqual([false, tooLate]);
  });

  test('that holds for an agent that has said GOODBYE and stays', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init, hasty);
    agent.sayGoodbye();
    await agent.closed;
    process.kill(agent.pid, 'SIGSTOP');
    init.process.kill('SIGTERM');
    expect(await init.exited).toEqual([137, null]);
  });

  test('after a third demand nobody waits any longer', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init);
    const pid = await startStubborn(agent, 0);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
      init.process.kill(signal);
      await expect.poll(() => init.lines.at(-1)).toBe(signal);
    }
    expect(await init.exited).toEqual([137, null]);
    expect([isRunning(pid), init.lines.at(-1)]).toEqual([false, tooLate]);
  });
});
