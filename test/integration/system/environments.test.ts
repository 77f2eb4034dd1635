import { existsSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { makeWheel } from '../../support/wheel.ts';
import { startSystem, type Environment } from '../../support/system.ts';

const python = 'runner_type: python\noutput_format: json\n';

/** A runtime of the pack's own, whose installer is a script of the pack. */
const tool = [
  'ref: test.tool',
  'name: tool',
  'execution_config:',
  '  interpreter: {binary: sh}',
  '  dependencies: {manifest_file: tools.txt, install_command: [sh, -eu, "{pack_dir}/install.sh", "{env_dir}"]}',
  '  env_vars: {TOOLS: "{env_dir}"}',
].join('\n');

/** An agent with that runtime, and an action `it` that prints what was installed. */
async function startTools(install: string, settings: Environment = {}, files: Environment = {}) {
  const system = await startSystem('postgresql');
  const register = (manifest: string) =>
    system.register(
      {
        'it.yaml': 'ref: test.it\nentry_point: it.sh\nrunner_type: tool\n',
        'it.sh': 'cat "$TOOLS/list"; echo said >&2',
      },
      { 'runtimes/tool.yaml': tool, 'tools.txt': manifest, 'install.sh': install, ...files },
    );
  await register('hammer');
  const agent = await system.startAgent({
    ATTUNE_WORKER_RUNTIMES: 'shell,tool',
    ATTUNE_RUNTIME_ENVS_DIR: folderWith({}),
    ...settings,
  });
  return { system, agent, register };
}

describe.skipIf(!requires('postgres'))('the installer of a pack', () => {
  test('is heard ahead of the action, in the same log', async () => {
    const { system } = await startTools('echo installing; cp tools.txt "$1/list"');
    const { id } = await system.execute('test.it');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', result: { data: 'hammer' } });
    const [heading, command, ...rest] = (await system.log(id, 'stderr')).trim().split('\n');
    expect(heading).toMatch(/^attune: building the environment tool-[0-9a-f]{16} of the pack test$/);
    expect(command).toMatch(/^attune: sh -eu .*install\.sh/);
    expect(rest.join('\n')).toMatch(/^installing\nattune: the environment is ready after \d+ s\nsaid$/);
  });

  test('that fails fails the execution with its last lines, and the next one tries again', async () => {
    const { system } = await startTools('echo "no hammer to be had" >&2; exit 3');
    for (const time of [1, 2]) {
      const { id } = await system.execute('test.it');
      const { state, result } = await system.reaches(id);
      expect({ time, state, code: result?.error?.code }).toEqual({
        time,
        state: 'failed',
        code: 'environment_failed',
      });
      expect(result?.error?.message).toMatch(/exit code 3; its last lines:\nno hammer to be had$/);
      expect(await system.log(id, 'stderr')).toContain('\nno hammer to be had\n');
    }
  });

  test('gets the keys that the pack asks for, and nobody reads them', async () => {
    const definition = 'ref: test\nversion: 1.0.0\nenvironment_keys: {INDEX: company.index}\n';
    const { system } = await startTools(
      'echo "from $INDEX"; cp tools.txt "$1/list"',
      {},
      { 'pack.yaml': definition },
    );
    const missing = await system.execute('test.it');
    const { result } = await system.reaches(missing.id);
    expect(result?.error).toMatchObject({ code: 'unknown_key' });
    const stored = await fetch(`${system.url}/api/v1/keys/company.index`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value: 'https://ada:hunter2@index' }),
    });
    expect(stored.status).toBe(200);
    const { id } = await system.execute('test.it');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    expect(await system.log(id, 'stderr')).toContain('from ***');
  });

  test('is ended with the execution that waits for it', async () => {
    const { system } = await startTools('echo installing; sleep 600');
    const { id } = await system.execute('test.it');
    await expect.poll(() => system.log(id, 'stderr')).toContain('installing');
    await system.cancel(id);
    expect(await system.reaches(id)).toMatchObject({ state: 'cancelled' });
    expect(await system.log(id, 'stderr')).toContain('installing');
  });

  test('that takes too long fails the execution with a code of its own', async () => {
    const { system } = await startTools('sleep 600', { ATTUNE_ENVIRONMENT_TIMEOUT: '0.5s' });
    const { id } = await system.execute('test.it');
    const { state, result } = await system.reaches(id);
    expect({ state, code: result?.error?.code }).toEqual({ state: 'failed', code: 'environment_timeout' });
  });

  test('works again for a manifest that has changed', async () => {
    const { system, register } = await startTools('cp tools.txt "$1/list"');
    const first = await system.execute('test.it');
    expect(await system.reaches(first.id)).toMatchObject({ result: { data: 'hammer' } });
    await register('saw');
    const second = await system.execute('test.it');
    expect(await system.reaches(second.id)).toMatchObject({ result: { data: 'saw' } });
  });

  test('has worked before the first execution, where the worker says so; and again for a pack that has changed', async () => {
    const { agent, system, register } = await startTools('cp tools.txt "$1/list"', {
      ATTUNE_WORKER_MODE: 'worker',
    });
    const messages = agent.lines.map((line) => /"msg":"([^"]*)"/.exec(line)?.[1]);
    expect(messages.indexOf('environment is ready')).toBeGreaterThan(0);
    expect(messages.indexOf('environment is ready')).toBeLessThan(messages.indexOf('consuming'));
    const { id } = await system.execute('test.it');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', result: { data: 'hammer' } });
    expect(await system.log(id, 'stderr')).toBe('said\n');
    await register('saw');
    await agent.says('environment is ready', 2);
    const later = await system.execute('test.it');
    expect(await system.reaches(later.id)).toMatchObject({ state: 'completed', result: { data: 'saw' } });
    expect(await system.log(later.id, 'stderr')).toBe('said\n');
  });

  test('has worked before the first execution also where the worker shares no folder of packs', async () => {
    const { agent, system } = await startTools('cp tools.txt "$1/list"', {
      ATTUNE_WORKER_MODE: 'worker',
      ATTUNE_PACKS_BASE_DIR: folderWith({}),
      ATTUNE_PACKS_CACHE_DIR: folderWith({}),
    });
    const messages = agent.lines.map((line) => /"msg":"([^"]*)"/.exec(line)?.[1]);
    expect(messages.indexOf('environment is ready')).toBeLessThan(messages.indexOf('consuming'));
    const { id } = await system.execute('test.it');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed', result: { data: 'hammer' } });
    expect(await system.log(id, 'stderr')).toBe('said\n');
  });
});

describe.skipIf(!requires('postgres'))('an agent', () => {
  test('removes environments that nobody has used for as long as its settings say', async () => {
    const system = await startSystem('postgresql');
    const folder = folderWith({ 'envs/test/.builds/0123456789abcdef.00/file': 'x' });
    const link = join(folder, 'envs/test/tool-0123456789abcdef');
    symlinkSync('.builds/0123456789abcdef.00', link);
    utimesSync(join(folder, 'envs/test/.builds/0123456789abcdef.00'), 1, 1);
    const agent = await system.startAgent({
      ATTUNE_RUNTIME_ENVS_DIR: join(folder, 'envs'),
      ATTUNE_ENVIRONMENT_MAX_AGE: '7d',
    });
    await agent.says('unused environment removed');
    expect(existsSync(link)).toBe(false);
  });
});

describe.skipIf(!requires('python3') || !requires('postgres'))('a pack with a requirement of Python', () => {
  test('is run in an environment that is built once', async () => {
    const system = await startSystem('postgresql');
    const wheel = makeWheel(folderWith({}));
    const environments = folderWith({});
    await system.startAgent({ ATTUNE_WORKER_RUNTIMES: 'python', ATTUNE_RUNTIME_ENVS_DIR: environments });
    await system.register(
      {
        'it.yaml': `ref: test.it\nentry_point: it.py\n${python}`,
        'it.py': 'import greeter, json; print(json.dumps(greeter.greet()))\n',
      },
      { 'requirements.txt': `${wheel}\n` },
    );
    const first = await system.execute('test.it');
    expect(await system.reaches(first.id)).toMatchObject({ state: 'completed', result: { data: 'hello' } });
    expect(await system.log(first.id, 'stderr')).toMatch(
      /^attune: building the environment python-[\d.]+-[0-9a-f]{16} of the pack test\n[^]*Successfully installed greeter-1\.0[^]*the environment is ready after \d+ s\n$/,
    );
    const second = await system.execute('test.it');
    expect(await system.reaches(second.id)).toMatchObject({ state: 'completed', result: { data: 'hello' } });
    expect(await system.log(second.id, 'stderr')).toBe('');
  });
});
