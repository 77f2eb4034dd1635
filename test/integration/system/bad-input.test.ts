import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problem } from '../../../src/contract/problem.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { availableRoads, startSystem, type TestSystem } from '../../support/system.ts';
import { action } from './faults.ts';

/** Posts a body as it is, and reads the problem that it must be answered with. */
async function refusal({ url }: TestSystem, body: string) {
  const answer = await fetch(`${url}/api/v1/executions/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return problem.parse(await answer.json());
}

async function countExecutions({ url }: TestSystem): Promise<number> {
  const answer = await fetch(`${url}/api/v1/executions`);
  return JSON.stringify(await answer.json()).split('"epoch"').length - 1;
}

/** Where the worker finds the scripts of the registered pack. */
const scripts = ({ packs }: TestSystem) => join(packs, 'test', 'actions');

describe.skipIf(!requires('postgres'))('a wrong request', () => {
  test('is refused with everything that is wrong with it, and stores nothing', async () => {
    const system = await startSystem('postgresql');
    await system.register({
      'typed.yaml': action(
        'typed',
        'parameters: {count: {type: integer, required: true}, name: {type: string, required: true}, on: {type: boolean}}\n',
      ),
      'typed.sh': 'cat\n',
    });
    expect(await refusal(system, '{"action":"test.nothing"}')).toMatchObject({
      status: 404,
      code: 'unknown_action',
    });
    expect(await refusal(system, '{"action": "test.typed", ')).toMatchObject({
      status: 400,
      code: 'malformed_json',
    });
    expect(await refusal(system, '[]')).toMatchObject({ status: 400, code: 'invalid_request' });
    const wrong = await refusal(
      system,
      JSON.stringify({ action: 'test.typed', parameters: { count: 'many', on: 3, nmae: 'x' } }),
    );
    expect(wrong.status).toBe(422);
    expect(wrong.violations?.map(({ path }) => path).toSorted()).toEqual([
      'parameters.count',
      'parameters.name',
      'parameters.nmae',
      'parameters.on',
    ]);
    expect(await countExecutions(system)).toBe(0);
  });

  test('of 20 MB is refused by its size, and the server goes on', async () => {
    const system = await startSystem('postgresql');
    const body = JSON.stringify({ action: 'test.noop', parameters: { text: 'x'.repeat(20_000_000) } });
    expect(await refusal(system, body)).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(await countExecutions(system)).toBe(0);
  });

  test('for secrets is refused by a server without a key', async () => {
    const system = await startSystem('postgresql', { ATTUNE__SECURITY__ENCRYPTION_KEY: '' });
    await system.register({
      'login.yaml': action('login', 'parameters: {password: {type: string, secret: true}}\n'),
      'login.sh': 'cat >/dev/null\n',
    });
    const { code, detail } = await refusal(
      system,
      JSON.stringify({ action: 'test.login', parameters: { password: 'hunter2' } }),
    );
    expect(code).toBe('encryption_key_missing');
    expect(detail).toContain('ATTUNE__SECURITY__ENCRYPTION_KEY');
    expect(detail).not.toContain('hunter2');
  });
});

describe.each(availableRoads())('what cannot run, over %s', (road) => {
  test('waits with a reason where no worker has its runtime', async () => {
    const system = await startSystem(road);
    await system.register({ 'odd.yaml': action('odd', 'runner_type: cobol\n'), 'odd.sh': 'DISPLAY "HI".\n' });
    await system.startAgent();
    const { id } = await system.execute('test.odd');
    // The server may not have heard of the worker yet.
    await expect
      .poll(() => system.show(id))
      .toMatchObject({ state: 'requested', waiting_reason: 'needs cobol; 1 worker: 1 lacks cobol' });
    await system.cancel(id);
    expect((await system.show(id)).state).toBe('cancelled');
  });

  test('fails with the reason: a script that vanished, that may not run, that leads away, or lacks its interpreter', async () => {
    const system = await startSystem(road);
    const outside = join(folderWith({ 'outside.sh': 'echo outside\n' }), 'outside.sh');
    await system.register(
      Object.fromEntries(
        ['vanished', 'locked', 'linked', 'headless', 'fine'].flatMap((name) => [
          [
            `${name}.yaml`,
            action(name, ['locked', 'headless'].includes(name) ? 'runner_type: native\n' : ''),
          ],
          [`${name}.sh`, '#!/bin/sh\necho ran\n'],
        ]),
      ),
    );
    const path = (name: string) => join(scripts(system), `${name}.sh`);
    rmSync(path('vanished'));
    chmodSync(path('locked'), 0o644);
    rmSync(path('linked'));
    symlinkSync(outside, path('linked'));
    writeFileSync(path('headless'), '#!/no/such/interpreter\n');
    chmodSync(path('headless'), 0o755);
    await system.startAgent({ ATTUNE_WORKER_RUNTIMES: 'shell,native' });
    const codeOf = async (name: string) => {
      const { id } = await system.execute(`test.${name}`);
      const { state, result } = await system.reaches(id);
      return [state, result?.error?.code ?? null];
    };
    expect(await codeOf('vanished')).toEqual(['failed', 'entry_point_missing']);
    expect(await codeOf('locked')).toEqual(['failed', 'entry_point_not_executable']);
    expect(await codeOf('linked')).toEqual(['failed', 'entry_point_outside_pack']);
    expect(await codeOf('headless')).toEqual(['failed', 'spawn_failed']);
    expect(await codeOf('fine')).toEqual(['completed', null]);
  });

  test('fails with the reason where the worker has another key, or none', async () => {
    const system = await startSystem(road);
    await system.register({
      'login.yaml': action('login', 'parameters: {password: {type: string, secret: true}}\n'),
      'login.sh': 'cat >/dev/null\n',
      'open.yaml': action('open'),
      'open.sh': 'cat >/dev/null\n',
    });
    const other = await system.startAgent({
      ATTUNE__SECURITY__ENCRYPTION_KEY: 'another key for tests that is long enough',
    });
    const wrong = await system.execute('test.login', { password: 'hunter2' });
    expect(await system.reaches(wrong.id)).toMatchObject({
      state: 'failed',
      result: { error: { code: 'wrong_encryption_key' } },
    });
    expect((await system.reaches((await system.execute('test.open')).id)).state).toBe('completed');
    other.process.kill('SIGTERM');
    await other.exited;
    await system.startAgent({ ATTUNE__SECURITY__ENCRYPTION_KEY: '' });
    const missing = await system.execute('test.login', { password: 'hunter2' });
    expect(await system.reaches(missing.id)).toMatchObject({
      state: 'failed',
      result: { error: { code: 'encryption_key_missing' } },
    });
  });
});
