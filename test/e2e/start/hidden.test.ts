import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { requires } from '../../support/requires.ts';
import { startAgentAlone, startSealedAgent } from '../../support/sealed/agent.ts';
import { hostPrograms } from '../../support/sealed/host-programs.ts';
import { firstChildOf, type RunOptions } from '../../support/sealed/run.ts';
import { startSystem, type TestSystem } from '../../support/system.ts';

const needs = ['agent', 'postgres', 'root', 'namespaces', 'ptrace', '/usr/bin/python3', '/usr/bin/setpriv'];
const possible = needs.every((name) => requires(name));
const password = 'hunter2-of-the-database';
const looksAround = readFileSync(join(import.meta.dirname, '../../fixtures/hostile/looks-around.py'), 'utf8');

/** Docker's default. Source: docs.docker.com/engine/containers/run, Linux capabilities. */
const capabilities =
  'chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,sys_chroot,kill,audit_write';

const users: readonly { readonly user: string; readonly options: RunOptions }[] = [
  { user: 'user 65532', options: { uid: 65_532 } },
  {
    user: 'root with the capabilities of a container',
    options: { uid: 0, capabilities: capabilities.split(',') },
  },
];

const ways = [
  {
    way: 'as process 1',
    start: (system: TestSystem, options: RunOptions) =>
      startAgentAlone(system, { ...hostPrograms(), ...options }),
  },
  { way: 'as any other process', start: startSealedAgent },
  { way: 'that is the second one, after the first was killed', start: startTwice },
];

/** What the fixture tries. */
const files = ['environ', 'maps', 'smaps', 'pagemap', 'auxv', 'io', 'task/PID/environ', 'task/PID/maps'];
const places = ['mem', 'task/PID/mem', 'fd/0', 'fdinfo', 'map_files', 'root', 'cwd', 'exe', 'ns/pid'];
const attempts = [...files, ...places, 'PTRACE_ATTACH', 'PTRACE_SEIZE', 'process_vm_readv', 'pidfd_getfd'];

describe.skipIf(!possible).each(ways)('an action of an agent $way', ({ start }) => {
  test.each(users)('of $user learns no secret of it, and cannot look into it', async ({ options }) => {
    const system = await startSystem('postgresql');
    await system.register({ 'look.yaml': actionOf('python', 'look.py'), 'look.py': looksAround });
    await start(system, { ...options, environment: secretsFor(system) });
    const { id } = await system.execute('test.look', { secret: password });
    const { result } = await system.reaches(id);
    const closed = { open: [], refused: attempts };
    expect(result?.data).toEqual({
      // The supervisor, and the agent itself.
      agent: [closed, closed],
      child: { open: attempts, refused: [] },
      dumpable: 1,
      secret: [],
      own: ['child/environ', 'self/environ'],
    });
  });
});

/** A Node of its own would open a debugger to everyone on this machine. */
describe.skipIf(!possible)('SIGUSR1 from an action', () => {
  test('is nothing to the agent', async () => {
    const system = await startSystem('postgresql');
    const script = `trap '' USR1\nkill -USR1 $PPID $(cat /proc/$PPID/task/$PPID/children)\n`;
    await system.register({ 'signal.yaml': actionOf('shell', 'signal.sh'), 'signal.sh': script });
    const agent = await startSealedAgent(system);
    for (let round = 0; round < 2; round += 1) {
      const { id } = await system.execute('test.signal');
      expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    }
    process.kill(agent.process.pid ?? 0, 'SIGTERM');
    expect(await agent.exited).toBe(0);
    expect(agent.lines.join('\n')).not.toContain('Debugger');
  });
});

async function startTwice(system: TestSystem, options: RunOptions): Promise<void> {
  const agent = await startSealedAgent(system, options);
  process.kill(firstChildOf(agent.process.pid ?? 0), 'SIGKILL');
  await agent.says('"consuming"', 2);
}

function actionOf(runtime: string, script: string): string {
  const [name] = script.split('.');
  return `ref: test.${name}\nrunner_type: ${runtime}\nentry_point: ${script}\noutput_format: json\nparameters: {secret: {type: string}}\n`;
}

function secretsFor({ databaseUrl }: TestSystem): Record<string, string> {
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', password);
  return {
    PATH: '/usr/bin:/bin',
    ATTUNE_WORKER_RUNTIMES: 'python',
    ATTUNE__DATABASE__URL: url.href,
    ATTUNE__SECURITY__ENCRYPTION_KEY: `${password} and long enough`,
  };
}
