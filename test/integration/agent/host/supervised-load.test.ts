import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { hostile, runTrial, startTrial, unconfined } from './hostile.ts';
import { startSupervised } from './supervised.ts';

let host: ProcessHost;

beforeAll(async () => {
  host = await startSupervised();
});

afterAll(() => host.close());

const asRoot = process.getuid?.() === 0;

describe('many jobs', () => {
  test('500 at once', async () => {
    const trials = await Promise.all(
      Array.from({ length: 500 }, () =>
        startTrial(host, ['/bin/sh', '-c', 'echo ready; read line; sleep 60']),
      ),
    );
    await Promise.all(trials.map(({ ready }) => ready));
    for (const { job } of trials) job.end('cancelled');
    const ended = await Promise.all(trials.map((trial) => trial.ended));
    expect(new Set(ended.map(({ cause, stdout }) => `${cause} ${stdout}`))).toEqual(
      new Set(['cancelled ready\n']),
    );
  });

  test('10,000 short ones', async () => {
    let left = 10_000;
    const ends = new Map<string, number>();
    const worker = async () => {
      for (; left > 0; left -= 1) {
        const output: string[] = [];
        const job = await host.start(
          {
            argv: ['/bin/echo', 'hi'],
            environment: {},
            workingDirectory: '/',
            stdin: new Uint8Array(),
            timeoutMilliseconds: 30_000,
            graceMilliseconds: 200,
            outputLimit: 1024,
            record: new Uint8Array(),
            confinement: unconfined,
          },
          (_stream, bytes) => void output.push(Buffer.from(bytes).toString()),
        );
        const { exitCode, cause, strays, lostOutput } = await job.exited;
        job.release();
        const end = JSON.stringify({ exitCode, cause, strays, lostOutput, output: output.join('') });
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    const usual = { exitCode: 0, cause: 'exited', strays: 0, lostOutput: 'nothing', output: 'hi\n' };
    expect([...ends.keys()]).toEqual([JSON.stringify(usual)]);
  });

  test('a loud one does not starve the quiet, and its reader does not hold them up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const loud = await startTrial(host, ['/bin/sh', '-c', 'exec cat /dev/zero'], {
      receive: () => promise,
      graceMilliseconds: 0,
    });
    const quiet = await Promise.all(
      Array.from({ length: 50 }, () => runTrial(host, ['/bin/sh', '-c', 'cat'])),
    );
    expect(new Set(quiet.map(({ stdout }) => stdout))).toEqual(new Set(['{}\n']));
    loud.job.kill();
    resolve();
    expect(await loud.ended).toMatchObject({ signal: 'SIGKILL', cause: 'shutdown' });
  });
});

describe('what gets away', () => {
  test.for([
    ['a daemon that keeps nothing of its job', 'clears-all.sh'],
    ['a child without environment', 'clears-environment.sh'],
  ] as const)('%s, beside jobs that go on', async ([, name]) => {
    const other = await startTrial(host, ['/bin/sh', '-c', 'echo ready; setsid sleep 60']);
    const [first, ...others] = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { job, ended } = await startTrial(host, [hostile(name)]);
        await delay(300);
        job.end('cancelled');
        return ended;
      }),
    );
    expect([first, ...others].flatMap((end) => end?.survivors)).toEqual([]);
    other.job.end('cancelled');
    expect(await other.ended).toMatchObject({ cause: 'cancelled', strays: 1, survivors: [] });
  });

  test('a daemon that took off its mark, once nothing else runs that it could belong to', async () => {
    const alone = await startSupervised();
    const script = 'ulimit -x 4711; exec "$0" "$1"';
    const trial = await runTrial(alone, ['/bin/bash', '-c', script, hostile('clears-all.sh')]);
    expect(trial).toMatchObject({ exitCode: 0, survivors: [] });
    expect(trial.strays).toBeGreaterThan(0);
    await alone.close();
  });

  test.runIf(asRoot)('a fork bomb of another user', async () => {
    const { job, ready, ended } = await startTrial(host, [hostile('fork-bomb.sh')]);
    await ready;
    await delay(500);
    job.end('cancelled');
    expect(await ended).toMatchObject({ cause: 'cancelled', survivors: [] });
  });
});

describe('what a process gets', () => {
  test('streams that can be opened by name', async () => {
    const { stdout, stderr } = await runTrial(host, [
      '/bin/sh',
      '-c',
      'echo out > /dev/stdout; echo error > /dev/stderr',
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'error\n' });
  });

  test('no signal ignored or blocked, no file but its streams', async () => {
    const script = 'grep -E "^Sig(Blk|Ign)" /proc/self/status; ls /proc/self/fd; umask';
    const { stdout } = await runTrial(host, ['/bin/sh', '-c', script]);
    // 3 is the directory that ls reads.
    const expected = `SigBlk:\t${'0'.repeat(16)}\nSigIgn:\t${'0'.repeat(16)}\n0\n1\n2\n3\n0022\n`;
    expect(stdout).toBe(expected);
  });

  test('the shell, for a script that does not name an interpreter', async () => {
    expect(await runTrial(host, [hostile('no-first-line.sh')])).toMatchObject({
      stdout: 'the shell ran it\n',
    });
  });
});

test('peak memory is told', async () => {
  const { peakMemoryBytes } = await runTrial(host, [process.execPath, '-e', 'Buffer.alloc(100_000_000, 1)']);
  expect(peakMemoryBytes).toBeGreaterThan(100_000_000);
});

test('a supervisor that is killed takes its jobs along, and no further one starts', async () => {
  const dying = await startSupervised();
  const { job, ready, ended } = await startTrial(dying, ['/bin/sh', '-c', 'echo ready; exec sleep 60']);
  await ready;
  const stat = readFileSync(`/proc/${job.pid}/stat`, 'latin1');
  process.kill(Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]), 'SIGKILL');
  expect(await ended).toMatchObject({ signal: 'SIGKILL', exitCode: null });
  await expect.poll(() => isRunning(job.pid)).toBe(false);
  await expect(startTrial(dying, ['/bin/true'])).rejects.toMatchObject({ code: 'spawn_failed' });
  await dying.close();
});

test('it needs little memory, with 100 jobs that have printed much', async () => {
  const small = await startSupervised();
  const trials = await Promise.all(
    Array.from({ length: 100 }, () =>
      startTrial(small, ['/bin/sh', '-c', 'head -c 300000 /dev/zero; echo ready; exec sleep 60']),
    ),
  );
  await Promise.all(trials.map(({ ready }) => ready));
  const stat = readFileSync(`/proc/${trials[0]?.job.pid}/stat`, 'latin1');
  const supervisor = stat.slice(stat.lastIndexOf(')')).split(' ')[2];
  const rollup = readFileSync(`/proc/${supervisor}/smaps_rollup`, 'utf8');
  expect(Number(/^Rss:\s+(\d+) kB/m.exec(rollup)?.[1])).toBeLessThan(300);
  await small.close();
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
