import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pageOf } from '../../../src/contract/api/page.ts';
import { workerView } from '../../../src/contract/api/worker.ts';
import { folderWith } from '../../support/folder.ts';
import { ask, availableRoads, startSystem, type Environment, type TestSystem } from '../../support/system.ts';

/** Nothing is looked at again: what nobody wakes is missed. */
const withoutSweep: Environment = { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '3600s' };

const interpreter = (version: string) => ({
  program: `#!/bin/sh\n[ "$1" = --version ] && echo "Sole ${version}" && exit\ncat >/dev/null\necho "${version} runs $(cat "$1")"\n`,
});

/** Interpreters of a language that only a pack knows: each says its version, and runs a script by saying so. */
function languageFolder(): string {
  return folderWith({
    sole: interpreter('2.1.0'),
    'sole3.4': interpreter('3.4.5'),
    other: interpreter('9.0.0'),
  });
}

const runtime = (more = '') =>
  `ref: extra.sole\nname: Sole\naliases: [solelang]\nexecution_config: {interpreter: {binary: sole}}\n${more}`;
const verification = (binary: string) =>
  `distributions: {verification: {commands: [{binary: ${binary}, args: [--version], pattern: 'Sole (\\S+)'}]}}\n`;

async function registerPack({ url }: TestSystem, runtimes: Record<string, string>): Promise<void> {
  const path = folderWith({
    'pack.yaml': 'ref: extra\nversion: 1.0.0\n',
    'actions/new.yaml': 'ref: extra.new\nrunner_type: SoleLang\nruntime_version: ">=3"\nentry_point: hello\n',
    'actions/any.yaml': 'ref: extra.any\nrunner_type: extra.sole\nentry_point: hello\n',
    'actions/shell.yaml':
      'ref: extra.shell\nentry_point: hello.sh\nrequired_worker_runtimes: {solelang: ">=3"}\n',
    'actions/hello': 'hello',
    'actions/hello.sh': 'cat >/dev/null\necho from the shell\n',
    ...runtimes,
  });
  await ask(`${url}/api/v1/packs/register`, { path });
}

async function outputOf(system: TestSystem, action: string): Promise<string> {
  const { id } = await system.execute(action);
  expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
  return system.log(id, 'stdout');
}

describe.each(availableRoads())("a pack's own runtime, over %s", (road) => {
  async function start(settings: Environment = {}, ofServer: Environment = withoutSweep) {
    const system = await startSystem(road, ofServer);
    const path = `${languageFolder()}:/usr/bin:/bin`;
    const startAgent = () => system.startAgent({ PATH: path, ATTUNE_WORKER_RUNTIMES: '', ...settings });
    return { system, startAgent };
  }

  test('is found by a worker that starts, in every version, under any of its names', async () => {
    const { system, startAgent } = await start();
    await registerPack(system, { 'runtimes/sole.yaml': runtime(verification('sole')) });
    await startAgent();
    expect(await outputOf(system, 'extra.any')).toBe('2.1.0 runs hello\n');
    expect(await outputOf(system, 'extra.new')).toBe('3.4.5 runs hello\n');
    expect(await outputOf(system, 'extra.shell')).toBe('from the shell\n');
    expect(await ask(`${system.url}/api/v1/runtimes/solelang`)).toMatchObject({
      name: 'sole',
      pack: 'extra',
      detected_versions: ['2.1.0', '3.4.5'],
    });
  });

  test('is visible to a worker that runs: what waited for it is run, and what ran goes on', async () => {
    const { system, startAgent } = await start();
    await registerPack(system, {});
    const sign = join(folderWith({}), 'go');
    await system.register({
      'long.yaml': 'ref: test.long\nentry_point: long.sh\n',
      'long.sh': `cat >/dev/null; until [ -e ${sign} ]; do sleep 0.05; done`,
    });
    const agent = await startAgent();
    const long = await system.execute('test.long');
    await system.reaches(long.id, 'running');
    const waiting = await system.execute('extra.new');
    expect(waiting.waiting_reason).toContain('solelang >=3');

    await registerPack(system, { 'runtimes/sole.yaml': runtime() });
    expect(await system.reaches(waiting.id)).toMatchObject({ state: 'completed' });
    expect(await system.log(waiting.id, 'stdout')).toBe('3.4.5 runs hello\n');
    expect(await system.show(long.id)).toMatchObject({ state: 'running', epoch: 1 });
    await outputOf(system, 'extra.any');

    // Its queue is another one by now; the end of what came of the old one is stored all the same.
    writeFileSync(sign, '');
    expect(await system.reaches(long.id)).toMatchObject({ state: 'completed', attempts: 1 });
    expect(agent.process.exitCode).toBeNull();
  });

  test('when it changes, workers that run look again; when it is gone, they no longer offer it', async () => {
    const { system, startAgent } = await start({}, {});
    await registerPack(system, { 'runtimes/sole.yaml': runtime(verification('sole')) });
    const agent = await startAgent();
    await outputOf(system, 'extra.any');
    await registerPack(system, { 'runtimes/sole.yaml': runtime(verification('other')) });
    await agent.says('the offer is renewed');
    expect(await outputOf(system, 'extra.any')).toBe('9.0.0 runs hello\n');

    await registerPack(system, {});
    await agent.says('the offer is renewed', 2);
    const { id } = await system.execute('extra.any');
    await expect
      .poll(async () => (await system.show(id)).waiting_reason)
      .toMatch(/-sole-\S+ has no worker online$/);
    const { items } = pageOf(workerView).parse(await ask(`${system.url}/api/v1/workers`));
    expect(items[0]?.capabilities.runtimes.map(({ name }) => name)).not.toContain('sole');
  });

  test('ATTUNE_WORKER_RUNTIMES wins, whatever name it gives', async () => {
    const { system, startAgent } = await start({ ATTUNE_WORKER_RUNTIMES: 'SOLELANG' });
    await registerPack(system, { 'runtimes/sole.yaml': runtime(verification('sole')) });
    await startAgent();
    expect(await outputOf(system, 'extra.new')).toBe('3.4.5 runs hello\n');
    const { waiting_reason: reason } = await system.execute('extra.shell');
    expect(reason).toContain('lacks shell');
  });
});
