import { describe, expect, test } from 'vitest';
import { requires } from '../../support/requires.ts';
import { agentFile, initOf, startAgentAlone } from '../../support/sealed/agent.ts';
import { start, startAlone } from '../../support/sealed/run.ts';
import { startSystem } from '../../support/system.ts';

const possible =
  requires('agent') &&
  requires('namespaces') &&
  requires('postgres') &&
  requires('root') &&
  requires('nsenter');

describe.skipIf(!possible)('attune-agent health in a container with nothing but the file', () => {
  test.each([0, 65_532])('is well while the agent works, with a read-only root and user %i', async (uid) => {
    const system = await startSystem('postgresql');
    const agent = await startAgentAlone(system, { uid, readOnly: true });
    const inside = enter(initOf(agent), uid);
    await expect.poll(async () => (await inside('health')).end).toBe(0);
    expect((await inside('health')).stdout).toMatch(
      /^healthy: worker .*, 0 of 4 slots taken, heard \d+ s ago\n$/,
    );
    expect(await inside('health', '--live', '--json')).toMatchObject({ end: 0, stderr: '' });
  });
});

describe.skipIf(!requires('agent') || !requires('namespaces'))('attune-agent health without an agent', () => {
  test('says so', async () => {
    expect(await startAlone(agentFile, ['health']).result).toEqual({
      end: 1,
      stdout: 'unhealthy: no agent runs in this container\n',
      stderr: '',
    });
  });
});

/** Runs the agent's file in the container of a process, as an engine does for a probe. */
function enter(init: number, uid: number) {
  return (...words: readonly string[]) =>
    start('/usr/bin/nsenter', [
      `--target=${init}`,
      '--mount',
      '--pid',
      `--root`,
      `--setuid=${uid}`,
      '/program',
      ...words,
    ]).result;
}
