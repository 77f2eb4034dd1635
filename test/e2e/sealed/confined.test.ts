import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { startAgentAlone, startSealedAgent } from '../../support/sealed/agent.ts';
import { hostPrograms } from '../../support/sealed/host-programs.ts';
import { firstChildOf } from '../../support/sealed/run.ts';
import { prepareGround, startSystem } from '../../support/system.ts';

const needs = ['agent', 'postgres', 'root', 'namespaces', '/usr/bin/setpriv'];
const possible = needs.every((name) => requires(name));

/** What root needs in a container whose jobs are of another user. */
const neededForJobs = ['setuid', 'setgid', 'kill', 'chown'];

const action = `ref: test.look
entry_point: look.sh
parameter_delivery: file
parameters: {word: {type: string}}
`;

describe.skipIf(!possible)('the sealed agent, whose executions are of user 65532', () => {
  test('as process 1 with few capabilities hands them a file, and nothing of its own', async () => {
    const system = await startSystem('postgresql');
    const script = `id -u; id -G; echo $HOME; cat "$ATTUNE_PARAMETER_FILE"; grep CapEff /proc/self/status
      for process in 1 $(cat /proc/1/task/1/children); do
        test $process = $$ || cat /proc/$process/environ || echo closed
        test $process = $$ || kill -9 $process || echo alive
      done
      ls /spool 2>&1 | grep -o 'Permission denied'
      (setsid sh -c 'trap "" TERM; echo away; sleep 60' &) | head -1
    `;
    await system.register({ 'look.yaml': action, 'look.sh': script });
    await startAgentAlone(system, {
      ...hostPrograms(),
      capabilities: [...neededForJobs, 'sys_chroot'],
      environment: {
        PATH: '/usr/bin:/bin',
        HOME: '/root',
        ATTUNE_WORKER_RUNTIMES: 'shell',
        ATTUNE_WORKER_SPOOL_DIR: '/spool',
        ATTUNE_JOB_USER: '65532',
      },
    });
    const { id } = await system.execute('test.look', { word: 'tell' });
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    const [uid, groups, home, document, capable, ...rest] = (await system.log(id, 'stdout'))
      .trim()
      .split('\n');
    expect([uid, groups, home, document]).toEqual(['65532', '65532', '/', '{"word":"tell"}']);
    expect(capable).toMatch(/CapEff:\s+0{16}$/);
    expect(rest).toEqual(['closed', 'alive', 'closed', 'alive', 'Permission denied', 'away']);
  });

  test('goes on with them when it was killed, and takes their file away in the end', async () => {
    const system = await startSystem('postgresql');
    const place = folderWith({});
    chmodSync(place, 0o755);
    const script = 'echo before; cat "$ATTUNE_PARAMETER_FILE"; sleep 2; cat "$ATTUNE_PARAMETER_FILE"\n';
    await system.register({ 'look.yaml': action, 'look.sh': script });
    const agent = await startSealedAgent(system, {
      environment: { ATTUNE_JOB_USER: '65532', ATTUNE_WORKER_TMP_DIR: join(place, 'tmp') },
    });
    const { id } = await system.execute('test.look', { word: 'twice' });
    while (!(await system.log(id, 'stdout')).includes('twice')) await delay(20);
    process.kill(firstChildOf(agent.process.pid ?? 0), 'SIGKILL');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    expect(await system.log(id, 'stdout')).toBe('before\n{"word":"twice"}\n{"word":"twice"}\n');
    expect(readdirSync(join(place, 'tmp'))).toEqual([]);
  });

  test('leaves at once where it is not root', async () => {
    const ground = await prepareGround('postgresql');
    const agent = await startSealedAgent(ground, { uid: 65_531, environment: { ATTUNE_JOB_USER: '65532' } });
    expect(await agent.exited).toBe(2);
    expect(agent.lines.join('\n')).toContain(
      'ATTUNE_JOB_USER asks for jobs of user 65532:65532, but this agent (user 65531:65531) lacks the capabilities SETUID, SETGID, KILL, CHOWN',
    );
  });

  test('is content with a user that it is itself', async () => {
    const system = await startSystem('postgresql');
    const script = 'id -u; cat "$ATTUNE_PARAMETER_FILE"\n';
    await system.register({ 'look.yaml': action, 'look.sh': script });
    await startSealedAgent(system, { uid: 65_532, environment: { ATTUNE_JOB_USER: '65532' } });
    const { id } = await system.execute('test.look', { word: 'own' });
    await system.reaches(id);
    expect(await system.log(id, 'stdout')).toBe('65532\n{"word":"own"}\n');
  });
});
