import { describe, expect, onTestFinished, test } from 'vitest';

import { descendantsOf, isRunning } from '../../support/processes.ts';
import { requires } from '../../support/requires.ts';
import { agentFile, startSealedAgent } from '../../support/sealed/agent.ts';
import { registerNativePack, startStaying } from '../../support/sealed/native-pack.ts';
import { firstChildOf, start } from '../../support/sealed/run.ts';
import { startTerminal, type Terminal } from '../../support/sealed/terminal.ts';
import { startSystem, type TestSystem } from '../../support/system.ts';

const possible = requires('agent') && requires('postgres') && requires('script') && requires('bash');
const [interrupt, suspend] = ['\u0003', '\u001a'];

describe.skipIf(!possible)('the sealed agent in the foreground of a shell', () => {
  test('drains on Ctrl-C, and hands on its exit status', async () => {
    const { system, shell } = await startInShell();
    const id = await startStaying(system, 1000);
    shell.type(interrupt);
    await shell.shows('phase done');
    shell.type('echo "exit code $?"\n');
    await shell.shows('exit code 0');
    expect(shell.text()).not.toContain('cancelling');
    expect(await system.show(id)).toMatchObject({ state: 'completed' });
  });

  test('stops on Ctrl-Z while its executions go on, and goes on with fg', async () => {
    const { system, shell } = await startInShell();
    const id = await startStaying(system, 1000);
    shell.type(suspend);
    await shell.shows('Stopped');
    expect(statesBelow(shell)).toEqual(['T', 'T']);
    shell.type('echo the prompt is $((40 + 2))\n');
    await shell.shows('the prompt is 42');
    shell.type('fg\n');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    expect(statesBelow(shell)).not.toContain('T');
    shell.type(interrupt);
    await shell.shows('phase done');
    shell.type('echo "exit code $?"\n');
    await shell.shows('exit code 0');
  });

  test('drains when the terminal is closed', async () => {
    const { system, shell, supervisor } = await startInShell();
    const id = await startStaying(system, 2000);
    shell.close();
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    await expect.poll(() => isRunning(supervisor)).toBe(false);
  });

  test('drains however often it is told that the terminal is gone', async () => {
    const { system, shell, supervisor } = await startInShell();
    const id = await startStaying(system, 1000);
    process.kill(supervisor, 'SIGHUP');
    await shell.shows('"stopping');
    process.kill(supervisor, 'SIGHUP');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
  });

  test('stays after nohup when the terminal is closed', async () => {
    const { system, shell, supervisor } = await startInShell(`nohup ${agentFile} | cat`);
    shell.close();
    await shell.exited;
    const { id } = await system.execute('native.tell');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    process.kill(supervisor, 'SIGTERM');
    await expect.poll(() => isRunning(supervisor)).toBe(false);
  });
});

const asLeader = { way: 'as the first process of a terminal', command: agentFile };
const asFirst = {
  way: 'as process 1 with a terminal',
  command: `unshare --pid --fork --kill-child --mount-proc setsid --ctty ${agentFile}`,
};
const ways = requires('namespaces') && requires('root') ? [asLeader, asFirst] : [asLeader];

describe.skipIf(!possible).each(ways)('the sealed agent $way', ({ command }) => {
  test('drains on Ctrl-C, and does not mind Ctrl-Z, from which nobody could wake it', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const terminal = await startTerminal(command, system);
    await terminal.shows('"consuming"');
    terminal.type(suspend);
    const id = await startStaying(system, 1000);
    terminal.type(interrupt);
    expect(await terminal.exited).toBe(0);
    expect(terminal.text()).not.toContain('cancelling');
    expect(await system.show(id)).toMatchObject({ state: 'completed' });
  });
});

describe.skipIf(!possible)('the output of the sealed agent', () => {
  test('may be read in part', async () => {
    const script = '{ "$0" detect; echo "exit code $?" >&2; } | head -1';
    const environment = { PATH: '/usr/bin:/bin' };
    const { end, stdout, stderr } = await start('/bin/sh', ['-c', script, agentFile], { environment }).result;
    expect({ end, stderr }).toEqual({ end: 0, stderr: 'exit code 0\n' });
    expect(stdout).toMatch(/^RUNTIME .*\n$/);
  });

  test('may be read by nobody: it goes on', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const agent = await startSealedAgent(system);
    agent.process.stdout.destroy();
    const { id } = await system.execute('native.tell');
    expect(await system.reaches(id)).toMatchObject({ state: 'completed' });
    process.kill(agent.process.pid ?? 0, 'SIGTERM');
    expect(await agent.exited).toBe(0);
  });
});

interface InShell {
  readonly system: TestSystem;
  readonly shell: Terminal;
  readonly supervisor: number;
}

async function startInShell(commandLine = agentFile): Promise<InShell> {
  const system = await startSystem('postgresql');
  await registerNativePack(system);
  const shell = await startTerminal('bash --norc --noprofile -i', system);
  shell.type(`${commandLine}\n`);
  await shell.shows('"consuming"');
  const supervisor = firstChildOf(shell.pid);
  onTestFinished(() => void (isRunning(supervisor) && process.kill(supervisor, 'SIGKILL')));
  return { system, shell, supervisor };
}

/** Of the supervisor and its agent. */
function statesBelow(shell: Terminal): string[] {
  return descendantsOf(shell.pid)
    .slice(0, 2)
    .map(({ state }) => state);
}
