import { mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTethered } from '../../../../src/cli/tethered/start-tethered.ts';

let folder: string;
let log: FileHandle;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-tethered-'));
  log = await open(join(folder, 'log'), 'w+');
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

const waiting = { timeout: 20_000, interval: 20 };

/** A shell that says its process id, then waits, and says which signal came. */
function shell(trap: string): [string, ...string[]] {
  return ['/bin/sh', '-c', `${trap}; echo $$; while :; do sleep 0.05; done`];
}

function start(argv: [string, ...string[]], stopSignal: 'INT' | 'TERM' = 'TERM') {
  return startTethered({ argv, stopSignal, environment: { PATH: '/usr/bin:/bin' }, output: log.fd });
}

function logged(): Promise<string> {
  return readFile(join(folder, 'log'), 'utf8');
}

async function pidLogged(): Promise<number> {
  await vi.waitFor(async () => expect(await logged()).toMatch(/^\d+\n/), waiting);
  return Number.parseInt(await logged(), 10);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a tethered program', () => {
  test.each([
    [0, 'exit 0'],
    [7, 'exit 7'],
    [143, 'kill -TERM $$'],
  ])('hands on its status %i', async (status, script) => {
    expect(await start(['/bin/sh', '-c', script]).exited).toBe(status);
  });

  test('that does not exist ends with 127', async () => {
    expect(await start(['/no/such/program']).exited).toBe(127);
  });

  test('gets the stop signal, and may take its time', async () => {
    const program = start(shell(`trap 'sleep 0.3; echo stopped; exit 5' TERM`));
    await pidLogged();
    await program.stop(30);
    expect(await program.exited).toBe(5);
    expect(await logged()).toMatch(/stopped/);
  });

  test('is KILLed when it takes longer than it may', async () => {
    const program = start(shell(`trap '' TERM INT`));
    const pid = await pidLogged();
    await program.stop(0.1);
    expect(await program.exited).toBe(137);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), waiting);
  });

  test('does not outlive a parent that is KILLed', async () => {
    const module = join(import.meta.dirname, '../../../../src/cli/tethered/start-tethered.ts');
    const script = `
      const { startTethered } = await import(${JSON.stringify(module)});
      startTethered({ argv: ${JSON.stringify(shell(`trap 'echo stopped; exit' INT`))}, stopSignal: 'INT', environment: { PATH: '/usr/bin:/bin' }, output: 1 });
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', log.fd, log.fd],
    });
    const pid = await pidLogged();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), waiting);
    expect(await logged()).toMatch(/stopped/);
  });
});
