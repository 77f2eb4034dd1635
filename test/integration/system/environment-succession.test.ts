import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { followAgent, untilConsuming } from '../../support/agent.ts';
import { folderWith } from '../../support/folder.ts';
import { isRunning } from '../../support/processes.ts';
import { requires } from '../../support/requires.ts';
import { replaceAgent } from '../../support/sealed/succession.ts';
import { startSystem, type Environment } from '../../support/system.ts';

const supervisor = fileURLToPath(
  new URL(`../../../build/supervisor/supervisor-${process.arch}`, import.meta.url),
);
const main = fileURLToPath(new URL('../../../src/agent/main.ts', import.meta.url));

/** An agent that its supervisor replaces when it dies. */
function startReplaced(environment: Environment) {
  const variables = { ...environment, ATTUNE_AGENT_SUPERVISOR: '3' };
  const child = spawn(supervisor, [process.execPath, main], {
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return untilConsuming(followAgent(child));
}

const tool = [
  'ref: test.tool',
  'name: tool',
  'execution_config:',
  '  interpreter: {binary: sh}',
  '  dependencies: {manifest_file: tools.txt, install_command: [sh, -eu, "{pack_dir}/install.sh", "{env_dir}"]}',
  '  env_vars: {TOOLS: "{env_dir}"}',
].join('\n');

async function startTools(install: string, script: string) {
  const system = await startSystem('postgresql');
  await system.register(
    { 'it.yaml': 'ref: test.it\nentry_point: it.sh\nrunner_type: tool\n', 'it.sh': script },
    { 'runtimes/tool.yaml': tool, 'tools.txt': 'hammer', 'install.sh': install },
  );
  const settings = { ATTUNE_WORKER_RUNTIMES: 'tool', ATTUNE_RUNTIME_ENVS_DIR: folderWith({}) };
  const agent = await startReplaced({ ...system.environment, ...settings });
  return { system, agent };
}

describe.skipIf(!requires('postgres'))('when the agent dies', () => {
  test('and an installer works, that one is ended, and the execution run again as one that never began', async () => {
    const folder = folderWith({});
    const { system, agent } = await startTools(
      `if mkdir ${folder}/first; then echo $$ > ${folder}/pid; sleep 600; fi; cp tools.txt "$1/list"`,
      'cat "$TOOLS/list"',
    );
    const { id } = await system.execute('test.it');
    await expect.poll(() => existsSync(join(folder, 'pid'))).toBe(true);
    await replaceAgent(agent, 'SIGKILL');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', result: { data: 'hammer' } });
    expect(isRunning(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
    expect(await system.log(id, 'stderr')).toContain('is being built by');
  });

  test("and the action works, its log goes on behind the installer's", async () => {
    const folder = folderWith({});
    const { system, agent } = await startTools(
      'echo installing; cp tools.txt "$1/list"',
      `echo one >&2; while ! [ -e ${folder}/open ]; do sleep 0.05; done; echo two >&2; cat "$TOOLS/list"`,
    );
    const { id } = await system.execute('test.it');
    await expect.poll(() => system.log(id, 'stderr')).toContain('one');
    await replaceAgent(agent, 'SIGKILL');
    writeFileSync(join(folder, 'open'), '');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', result: { data: 'hammer' } });
    const [, , ...lines] = (await system.log(id, 'stderr')).trim().split('\n');
    expect(lines.join('\n')).toMatch(/^installing\nattune: the environment is ready after \d+ s\none\ntwo$/);
  });
});
