import { describe, expect, test } from 'vitest';

import { folderWith } from '../../support/folder.ts';
import { descendantsOf } from '../../support/processes.ts';
import { requires } from '../../support/requires.ts';
import { agentFile, initOf, startAgentAlone } from '../../support/sealed/agent.ts';
import { registerNativePack, startStaying } from '../../support/sealed/native-pack.ts';
import { parsed, startAlone } from '../../support/sealed/run.ts';
import { availableRoads, prepareGround, startSystem } from '../../support/system.ts';

const possible = requires('agent') && requires('namespaces');
const asRoot = process.getuid?.() === 0;

describe.skipIf(!possible)('the sealed agent in an empty root directory', () => {
  test('detects that it can run executable files and what it brings itself, and nothing else', async () => {
    const table = await startAlone(agentFile, ['detect']).result;
    expect(table).toMatchObject({ end: 0, stderr: '' });
    expect(table.stdout).toMatch(
      /^RUNTIME +VERSION +PATH\nnative +- +-\njavascript +[\d.]+ +-\nwasm +- +-\n\n/,
    );
    const { stdout } = await startAlone(agentFile, ['detect', '--json']).result;
    expect(parsed(stdout)).toMatchObject({
      runtimes: [{ name: 'native' }, { name: 'javascript' }, { name: 'wasm' }],
      warnings: [],
    });
  });

  test('installs what JavaScript needs, and runs it', async () => {
    const pack = folderWith({
      'pack.yaml': 'ref: demo\n',
      'package.json': '{"dependencies": {"tiny": "file:./tiny"}}',
      'tiny/package.json': '{"name": "tiny", "version": "1.0.0"}',
      'tiny/index.js': 'exports.size = "tiny";\n',
      'actions/act.yaml': 'ref: demo.act\nrunner_type: javascript\nentry_point: act.mjs\n',
      'actions/act.mjs': 'import { size } from "tiny";\nconsole.log(size);\n',
    });
    const tried = await startAlone(agentFile, ['try', '/pack'], {
      folders: { '/pack': pack },
      environment: { ATTUNE_RUNTIME_ENVS_DIR: '/environments', TMPDIR: '/' },
    }).result;
    expect(tried).toMatchObject({ end: 0, stdout: expect.stringMatching(/^tiny$/m) as unknown });
  });

  test.skipIf(!requires('postgres'))('knows nobody by name', async () => {
    const ground = await prepareGround('postgresql');
    const agent = await startAgentAlone(ground, { environment: { ATTUNE_JOB_USER: 'app' } });
    expect(await agent.exited).toBe(2);
    expect(agent.lines.join('\n')).toContain('but this container has no /etc/passwd');
  });

  describe.each(possible ? availableRoads() : [])('over %s', (road) => {
    test('does real work: parameters in, log and result out, no process left', async () => {
      const system = await startSystem(road);
      await registerNativePack(system);
      const agent = await startAgentAlone(system);
      expect(agent.lines.find((line) => line.includes('detected runtimes'))).toContain(
        '["native","javascript',
      );

      const { id } = await system.execute('native.tell', { text: 'größer', orphans: 2 });
      expect(await system.reaches(id)).toMatchObject({
        state: 'completed',
        pool: expect.stringMatching(/^javascript-native-wasm-[0-9a-f]{8}$/) as unknown,
        result: { exit_code: 0, data: { parameters: { text: 'größer', orphans: 2 } } },
      });
      expect(await system.log(id, 'stderr')).toMatch(/^asked by [0-9]+\n$/);
      // The agent itself, and nothing else: orphans were reaped.
      await expect.poll(() => descendantsOf(initOf(agent)).length).toBe(1);

      process.kill(initOf(agent), 'SIGTERM');
      expect(await agent.exited).toBe(0);
    });

    test('streams the log, and ends what is cancelled', async () => {
      const system = await startSystem(road);
      await registerNativePack(system);
      const agent = await startAgentAlone(system);
      const id = await startStaying(system, 1_000_000);
      await system.cancel(id);
      expect(await system.reaches(id)).toMatchObject({ state: 'cancelled' });
      await expect.poll(() => descendantsOf(initOf(agent)).length).toBe(1);
    });

    test.runIf(asRoot)('runs its executions as a user of whom only the number is known', async () => {
      const system = await startSystem(road);
      await registerNativePack(system);
      await startAgentAlone(system, { environment: { ATTUNE_JOB_USER: '65532', ATTUNE_JOB_NICE: '3' } });
      const { id } = await system.execute('native.tell', { text: 'x' });
      expect(await system.reaches(id)).toMatchObject({
        state: 'completed',
        result: { data: { uid: 65_532, parameters: { text: 'x' } } },
      });
    });

    test.runIf(asRoot)('works as a user whom nobody knows, with nothing to write to', async () => {
      const system = await startSystem(road);
      await registerNativePack(system);
      const agent = await startAgentAlone(system, { uid: 65_532, readOnly: true });
      const { id } = await system.execute('native.tell', { text: 'x' });
      expect(await system.reaches(id)).toMatchObject({
        state: 'completed',
        result: { data: { uid: 65_532, parameters: { text: 'x' } } },
      });
      process.kill(initOf(agent), 'SIGTERM');
      expect(await agent.exited).toBe(0);
    });
  });
});
