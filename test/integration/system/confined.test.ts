import { chmodSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spawnAgent } from '../../support/agent.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { prepareGround, startSystem, type Environment, type TestSystem } from '../../support/system.ts';
import { action } from './faults.ts';

/** Starts an agent whose folders other users can walk to; those for artifacts and parameters do not exist yet. */
async function startConfined(system: TestSystem, settings: Environment) {
  const place = folderWith({});
  for (const folder of [place, dirname(system.packs)]) chmodSync(folder, 0o755);
  const agent = await system.startAgent({
    HOME: '/root',
    USER: 'root',
    ATTUNE_ARTIFACTS_DIR: join(place, 'artifacts'),
    ATTUNE_WORKER_TMP_DIR: join(place, 'tmp'),
    ...settings,
  });
  return { place, agent: agent.process.pid };
}

const byFile = 'parameter_delivery: file\nparameters: {word: {type: string}}\n';

async function runOnce(system: TestSystem, script: string) {
  await system.register({ 'it.yaml': action('it', byFile), 'it.sh': script });
  const { id } = await system.execute('test.it', { word: 'hunter2-hunter2' });
  return { ...(await system.reaches(id)), stdout: await system.log(id, 'stdout') };
}

describe.skipIf(!requires('root') || !requires('postgres'))('executions of another user', () => {
  test('have their parameters, their artifacts and a home, and nothing of the agent', async () => {
    const system = await startSystem('postgresql');
    const { agent, place } = await startConfined(system, { ATTUNE_JOB_USER: '65532:65533,27' });
    const script = [
      'id -u; id -G; echo "$HOME ${USER-none} ${LOGNAME-none}"; test -r "$0" && echo its script',
      'cat "$ATTUNE_PARAMETER_FILE"; stat -c %a:%u "$ATTUNE_PARAMETER_FILE"',
      'echo x > "$ATTUNE_ARTIFACTS_DIR/mine" && echo kept',
      `ls ${system.spool} 2>&1 | grep -o 'Permission denied'`,
      `for process in $PPID ${agent}; do cat /proc/$process/environ || echo no secret; kill -9 $process || echo no harm; done`,
    ];
    const { state, stdout } = await runOnce(system, script.join('\n'));
    expect(state).toBe('completed');
    expect(stdout.trim().split('\n')).toEqual([
      '65532',
      '65533 27',
      '/ none none',
      'its script',
      '{"word":"hunter2-hunter2"}',
      '400:65532',
      'kept',
      'Permission denied',
      'no secret',
      'no harm',
      'no secret',
      'no harm',
    ]);
    expect(readdirSync(join(place, 'tmp'))).toEqual([]);
    expect(statSync(join(place, 'artifacts/mine')).uid).toBe(65_532);
  });

  test('have the name, home and groups of their account, like those of su', async () => {
    const system = await startSystem('postgresql');
    await startConfined(system, { ATTUNE_JOB_USER: 'daemon', ATTUNE_JOB_UMASK: '027', ATTUNE_JOB_NICE: '5' });
    const { stdout } = await runOnce(system, 'echo "$HOME $USER $LOGNAME"; id -un; umask; nice');
    const [names, ...rest] = stdout.trim().split('\n');
    expect(names).toMatch(/^\/\S+ daemon daemon$/);
    expect(rest.slice(0, 2)).toEqual(['daemon', '0027']);
  });

  test('that may not read their pack fail, and say for whom it is closed', async () => {
    const system = await startSystem('postgresql');
    await startConfined(system, { ATTUNE_JOB_USER: '65532' });
    chmodSync(system.packs, 0o700);
    const { state, result } = await runOnce(system, 'true');
    expect(state).toBe('failed');
    expect(result?.error).toMatchObject({
      code: 'spawn_failed',
      message: expect.stringContaining("can't be entered by user 65532:65532 (ATTUNE_JOB_USER)") as unknown,
    });
  });
});

describe.skipIf(!requires('postgres'))('executions with limits', () => {
  test('have them, and say which one ended them', async () => {
    const system = await startSystem('postgresql');
    await system.startAgent({
      ATTUNE_JOB_LIMITS: 'nofile=64:128,fsize=1k,core=0',
      ATTUNE_JOB_NO_NEW_PRIVILEGES: 'true',
    });
    const { result, stdout } = await runOnce(
      system,
      'ulimit -n; ulimit -Hn; grep NoNewPrivs /proc/self/status; exec head -c 5000 /dev/zero > "$(mktemp)"',
    );
    expect(stdout).toBe('64\n128\nNoNewPrivs:\t1\n');
    expect(result).toMatchObject({
      signal: 'SIGXFSZ',
      error: { message: expect.stringContaining('larger than ATTUNE_JOB_LIMITS allows') as unknown },
    });
  });
});

describe.skipIf(!requires('postgres'))('an agent leaves at once', () => {
  test.for([
    [
      { ATTUNE_JOB_USER: 'no-such-user' },
      'ATTUNE_JOB_USER names the user \\"no-such-user\\", which /etc/passwd',
    ],
    [{ ATTUNE_JOB_USER: 'a b' }, 'ATTUNE_JOB_USER must be a user like'],
    [{ ATTUNE_JOB_LIMITS: 'files=3' }, 'ATTUNE_JOB_LIMITS can'],
    [{ ATTUNE_JOB_NICE: '20' }, 'ATTUNE_JOB_NICE must be at most 19'],
    [{ ATTUNE_JOB_UMASK: '9' }, 'ATTUNE_JOB_UMASK must be permission bits'],
  ] as const)('for %j', async ([settings, message]) => {
    const { environment } = await prepareGround('postgresql');
    const agent = spawnAgent({ ...environment, ...settings });
    expect(await agent.exited).toBe(2);
    const said = agent.lines.join('\n');
    expect(said).toContain(message);
    expect(said).toContain('invalid_configuration');
  });
});
