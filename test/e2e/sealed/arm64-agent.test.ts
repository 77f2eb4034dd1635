import { describe, expect, test } from 'vitest';

import { requires } from '../../support/requires.ts';
import { armAgentFile, armEmulator, startArmAgent } from '../../support/sealed/agent.ts';
import { parsed, start } from '../../support/sealed/run.ts';
import { startSystem } from '../../support/system.ts';

const possible = requires('arm-agent') && requires(armEmulator);
const timeout = 120_000;

describe.skipIf(!possible)('the sealed agent for arm64, emulated', () => {
  test('tells its version', { timeout }, async () => {
    const { end, stdout } = await start(armEmulator, [armAgentFile, '--version', '--json']).result;
    expect({ end, about: parsed(stdout) }).toMatchObject({ end: 0, about: { architecture: 'arm64' } });
  });

  test('detects', { timeout }, async () => {
    const environment = { PATH: '/usr/bin:/bin' };
    const { end, stdout } = await start(armEmulator, [armAgentFile, 'detect', '--json'], { environment })
      .result;
    expect({ end, found: parsed(stdout) }).toMatchObject({
      end: 0,
      found: {
        architecture: 'aarch64',
        runtimes: expect.arrayContaining([expect.objectContaining({ name: 'shell' })]) as unknown,
      },
    });
  });

  test.skipIf(!requires('postgres'))('runs an action', { timeout }, async () => {
    const system = await startSystem('postgresql');
    await system.register({
      'greet.yaml': 'ref: test.greet\nentry_point: greet.sh\nparameters: {name: {type: string}}\n',
      'greet.sh': 'cat; echo; echo noted >&2\n',
    });
    const agent = await startArmAgent(system);
    const { id } = await system.execute('test.greet', { name: 'arm' });
    expect(await system.reaches(id)).toMatchObject({
      state: 'completed',
      result: { exit_code: 0, data: expect.stringContaining('"arm"') as unknown, stderr: { bytes: 6 } },
    });
    agent.process.kill('SIGTERM');
    await expect.poll(() => agent.process.exitCode, { timeout: 30_000 }).toBe(0);
  });
});
