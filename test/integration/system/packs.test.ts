import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { ask, startSystem, type Environment, type TestSystem } from '../../support/system.ts';

const definition = 'ref: test.say\nentry_point: say.sh\n';

/** Says the text now, and again when the file is there. */
function patient(text: string, file: string): string {
  return `echo ${text}; while ! [ -e ${file} ]; do sleep 0.05; done; cat "$(dirname "$0")/text"\n`;
}

async function said(system: TestSystem, execution: number): Promise<string> {
  expect(await system.reaches(execution)).toMatchObject({ state: 'completed' });
  return system.log(execution, 'stdout');
}

/** An agent that has no folder of packs. */
function alone(cache = folderWith({})): Environment {
  return { ATTUNE_PACKS_BASE_DIR: '/nonexistent/packs', ATTUNE_PACKS_CACHE_DIR: cache };
}

describe.skipIf(!requires('postgres')).each([
  ['with the folder of packs', () => ({})],
  ['without', alone],
])('packs, %s', (_, place) => {
  test('an execution runs with what its pack was when it was requested', async () => {
    const system = await startSystem('postgresql');
    const register = (text: string) =>
      system.register({ 'say.yaml': definition, 'say.sh': `cat "$(dirname "$0")/text"; echo\n`, text });
    await register('one');
    const first = await system.execute('test.say');
    await register('two');
    const second = await system.execute('test.say');
    await register('three');
    const third = await system.execute('test.say');
    await system.startAgent(place());
    expect(await said(system, third.id)).toBe('three\n');
    expect(await said(system, second.id)).toBe('two\n');
    expect(await said(system, first.id)).toBe('one\n');
  });

  test('one that runs keeps its files when the pack is replaced', async () => {
    const system = await startSystem('postgresql');
    const go = join(folderWith({}), 'go');
    const register = (text: string) =>
      system.register({ 'say.yaml': definition, 'say.sh': patient(text, go), text });
    await register('one');
    await system.startAgent(place());
    const running = await system.execute('test.say');
    await expect.poll(() => system.log(running.id, 'stdout')).toBe('one\n');
    await register('two');
    await register('three');
    writeFileSync(go, '');
    expect(await said(system, running.id)).toBe('one\none');
    expect(await said(system, (await system.execute('test.say')).id)).toBe('three\nthree');
  });

  test('what is registered is visible to running workers at once', async () => {
    const system = await startSystem('postgresql');
    const agent = await system.startAgent(place());
    await agent.says('consuming');
    for (const text of ['one', 'two', 'three']) {
      await system.register({ 'say.yaml': definition, 'say.sh': `echo ${text}\n` });
      expect(await said(system, (await system.execute('test.say')).id)).toBe(`${text}\n`);
    }
  });
});

describe.skipIf(!requires('postgres'))('packs', () => {
  test('that somebody edits in the folder of packs run as they are there', async () => {
    const system = await startSystem('postgresql');
    const actions = join(system.packs, 'test/actions');
    mkdirSync(actions, { recursive: true });
    writeFileSync(join(system.packs, 'test/pack.yaml'), 'ref: test\n');
    writeFileSync(join(actions, 'say.yaml'), definition);
    writeFileSync(join(actions, 'say.sh'), 'echo one\n');
    await ask(`${system.url}/api/v1/packs/register`, { path: join(system.packs, 'test') });
    await system.startAgent();
    expect(await said(system, (await system.execute('test.say')).id)).toBe('one\n');
    writeFileSync(join(actions, 'say.sh'), 'echo edited\n');
    expect(await said(system, (await system.execute('test.say')).id)).toBe('edited\n');
  });

  test('are fetched by the workers of a shared cache once', async () => {
    const system = await startSystem('postgresql');
    await system.register({ 'say.yaml': definition, 'say.sh': 'echo here: "$0"\n' });
    const cache = folderWith({});
    const agents = await Promise.all([1, 2, 3].map(() => system.startAgent(alone(cache))));
    await Promise.all(agents.map((agent) => agent.says('consuming')));
    const executions = await Promise.all(Array.from({ length: 12 }, () => system.execute('test.say')));
    const places = await Promise.all(executions.map(({ id }) => said(system, id)));
    expect(new Set(places).size).toBe(1);
    expect(readdirSync(join(cache, 'test')).filter((name) => !name.endsWith('.used'))).toHaveLength(1);
  });

  test('that are nowhere fail the execution with the reason; when they are registered again it works', async () => {
    const system = await startSystem('postgresql');
    const register = () => system.register({ 'say.yaml': definition, 'say.sh': 'echo here\n' });
    await register();
    rmSync(join(system.packs, '.versions'), { recursive: true });
    const agent = await system.startAgent({ ATTUNE_PACKS_CACHE_DIR: '/dev/null/nowhere' });
    await agent.says('consuming');
    const failed = await system.reaches((await system.execute('test.say')).id);
    expect(failed).toMatchObject({
      state: 'failed',
      result: { error: { code: 'pack_cache_unwritable' } },
    });
    await register();
    expect(existsSync(join(system.packs, 'test/pack.yaml'))).toBe(true);
    expect(await said(system, (await system.execute('test.say')).id)).toBe('here\n');
  });
});
