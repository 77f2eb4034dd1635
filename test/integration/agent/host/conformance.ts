import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { hostile, runTrial, startTrial } from './hostile.ts';

/**
 * What every process host promises.
 * @param createHost makes one
 */
export function describeProcessHost(createHost: () => Promise<ProcessHost>): void {
  let host: ProcessHost;
  let folder: string;

  beforeAll(async () => {
    host = await createHost();
    folder = await mkdtemp(join(tmpdir(), 'attune-host-'));
  });

  afterAll(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  describe('what a process gets', () => {
    test('its environment, working directory and stdin, and nothing of ours', async () => {
      const { stdout, exitCode } = await runTrial(
        host,
        ['/bin/sh', '-c', 'pwd; cat; env | sort | cut -d= -f1'],
        {
          environment: { PATH: '/usr/bin:/bin', GREETING: 'hello' },
          stdin: Buffer.from('{"a": 1}\n'),
        },
      );
      expect(exitCode).toBe(0);
      const [directory, document, ...names] = stdout.trim().split('\n');
      expect([directory, document]).toEqual(['/', '{"a": 1}']);
      expect(names).toEqual(['GREETING', 'PATH', 'PWD']);
    });

    test('a session and a process group of its own', async () => {
      const { stdout } = await runTrial(host, [
        '/bin/sh',
        '-c',
        'cut -d" " -f1,5,6 /proc/self/stat; echo $$',
      ]);
      const [, group, session, pid] = stdout.trim().split(/\s/);
      expect([group, session]).toEqual([pid, pid]);
    });
  });

  describe('how it ended', () => {
    test.for([
      ['exit 0', { exitCode: 0, signal: null, cause: 'exited' }],
      ['exit 42', { exitCode: 42, signal: null, cause: 'exited' }],
      ['kill -SEGV $$', { exitCode: null, signal: 'SIGSEGV', cause: 'exited' }],
    ] as const)('%s', async ([script, expected]) => {
      expect(await runTrial(host, ['/bin/sh', '-c', script])).toMatchObject({
        ...expected,
        strays: 0,
        survivors: [],
      });
    });

    test('the first cause wins: what exits 0 after a timeout has timed out, whoever cancels it then', async () => {
      const { job, ended } = await startTrial(
        host,
        ['/bin/sh', '-c', 'trap "sleep 0.2; exit 0" TERM; sleep 30 & wait'],
        {
          timeoutMilliseconds: 100,
          graceMilliseconds: 5000,
        },
      );
      await delay(150);
      job.end('cancelled');
      expect(await ended).toMatchObject({ exitCode: 0, cause: 'timeout', survivors: [] });
    });

    test('a child that cleans up has its grace though its parent died of TERM', async () => {
      const { job, ready, ended } = await startTrial(host, [hostile('cleans-up.sh')], {
        graceMilliseconds: 10_000,
      });
      await ready;
      job.end('cancelled');
      expect(await ended).toMatchObject({ cause: 'cancelled', stdout: 'ready\ncleaned up\n', survivors: [] });
    });
  });

  describe('nothing survives', () => {
    test('what ignores TERM is killed after its grace', async () => {
      const { job, ready, ended } = await startTrial(host, [hostile('ignores-term.sh')]);
      await ready;
      job.end('cancelled');
      expect(await ended).toMatchObject({ signal: 'SIGKILL', cause: 'cancelled', survivors: [] });
    });

    test('what stopped itself', async () => {
      const { job, ready, ended } = await startTrial(host, [hostile('stops-itself.sh')]);
      await ready;
      job.end('shutdown');
      expect(await ended).toMatchObject({ signal: 'SIGTERM', cause: 'shutdown', survivors: [] });
    });

    test.for([
      ['a daemon that left session, group and streams', [hostile('daemonizes.sh')]],
      [
        'a child that leaves while its parent ends',
        ['/bin/sh', '-c', 'setsid sleep 60 >/dev/null 2>&1 </dev/null & exit 0'],
      ],
      ['an orphan in the group', ['/bin/sh', '-c', '(sleep 60 &); exit 0']],
      ['a chain of programs', ['/bin/sh', '-c', 'setsid setsid setsid sh -c "sleep 60; true" & exit 0']],
    ] as const)('%s, many at a time', async ([, argv]) => {
      const results = await Promise.all(Array.from({ length: 25 }, () => runTrial(host, [...argv])));
      expect(results.flatMap(({ survivors }) => survivors)).toEqual([]);
      expect(results.every(({ exitCode }) => exitCode === 0)).toBe(true);
    });

    test('a grandchild that holds the streams open', async () => {
      const ended = await runTrial(host, [hostile('keeps-pipes-open.sh')]);
      expect(ended).toMatchObject({ exitCode: 0, stdout: 'done\n', lostOutput: 'nothing', survivors: [] });
      expect(ended.strays).toBeGreaterThan(0);
    });

    test('a tree of processes in many sessions', async () => {
      const { job, ready, ended } = await startTrial(host, [hostile('fork-tree.sh'), '5']);
      await ready;
      await delay(200);
      job.end('cancelled');
      expect(await ended).toMatchObject({ cause: 'cancelled', survivors: [] });
    });

    test('a child that cleared its environment', async () => {
      const { job, ready, ended } = await startTrial(host, [hostile('clears-environment.sh')]);
      await ready;
      await delay(100);
      job.end('cancelled');
      expect(await ended).toMatchObject({ cause: 'cancelled', survivors: [] });
    });

    test('a host that closes takes all with it', async () => {
      const closing = await createHost();
      const trials = await Promise.all(
        ['ignores-term.sh', 'fork-tree.sh', 'stops-itself.sh'].map((name) =>
          startTrial(closing, [hostile(name)], { graceMilliseconds: 60_000 }),
        ),
      );
      await Promise.all(trials.slice(0, 1).map(({ ready }) => ready));
      await closing.close();
      const ended = await Promise.all(trials.map((trial) => trial.ended));
      expect(ended.map(({ cause, survivors }) => ({ cause, survivors }))).toEqual(
        Array.from({ length: 3 }, () => ({ cause: 'shutdown', survivors: [] })),
      );
    });
  });

  describe('streams', () => {
    test('a process that closes its stdin while 5 MB are written', async () => {
      const stdin = Buffer.alloc(5_000_000, 'x');
      expect(await runTrial(host, [hostile('closes-stdin.sh')], { stdin })).toMatchObject({
        exitCode: 0,
        stdout: 'closed\n',
      });
    });

    test('all of a large stdin arrives', async () => {
      const stdin = Buffer.alloc(5_000_000, 'x');
      expect((await runTrial(host, ['/bin/sh', '-c', 'wc -c'], { stdin })).stdout.trim()).toBe('5000000');
    });

    test('stdin that is opened by name, as a stream or as nothing', async () => {
      const argv = ['/bin/sh', '-c', 'cat /dev/stdin'] as const;
      const full = await runTrial(host, [...argv], { stdin: Buffer.from('by name') });
      const empty = await runTrial(host, [...argv], { stdin: new Uint8Array() });
      expect([full.stdout, empty.stdout, empty.stderr]).toEqual(['by name', '', '']);
    });

    test('a process that closes stdout and lives on', async () => {
      expect(await runTrial(host, [hostile('closes-stdout.sh')])).toMatchObject({
        exitCode: 7,
        stdout: 'last words\n',
      });
    });

    test('bytes that are no text', async () => {
      const { stdout } = await runTrial(host, [process.execPath, hostile('prints.mjs'), '12', 'invalid']);
      expect(Buffer.from(stdout, 'latin1').toString('hex')).toBe('fffe00c3280afffe00c3280a');
    });

    test('a receiver that is busy is given no more of that stream, and in the end everything', async () => {
      let bytes = 0;
      let busy = 0;
      let most = 0;
      const ended = await runTrial(host, [process.execPath, hostile('prints.mjs'), '3000000', 'lines'], {
        receive: async (_stream, piece) => {
          bytes += piece.length;
          busy += 1;
          most = Math.max(most, busy);
          await delay(1);
          busy -= 1;
        },
      });
      expect([ended.exitCode, bytes]).toEqual([0, 3_000_000]);
      // One more may come when the process ends.
      expect(most).toBeLessThanOrEqual(2);
    });
  });

  describe('what can not be started says why', () => {
    test.for([
      [
        'a program that is not there',
        { argv: ['/no/such/program'] },
        /program \/no\/such\/program does not exist/,
      ],
      [
        'a script without its interpreter',
        { argv: [hostile('no-interpreter.sh')] },
        /no-interpreter.sh exists, but the interpreter/,
      ],
      [
        'a script that is not executable',
        { argv: [hostile('not-executable.sh')] },
        /not-executable.sh is not executable/,
      ],
      ['a directory', { argv: ['/tmp'] }, /\/tmp is not executable/],
      [
        'a working directory that is not there',
        { argv: ['/bin/sh'], workingDirectory: '/no/such' },
        /working directory \/no\/such does not exist/,
      ],
      [
        'a working directory that is a file',
        { argv: ['/bin/sh'], workingDirectory: '/etc/passwd' },
        /\/etc\/passwd is not a directory/,
      ],
      [
        'too much environment',
        { argv: ['/bin/sh'], environment: { BIG: 'x'.repeat(3_000_000) } },
        /larger than the system allows/,
      ],
    ] as const)('%s', async ([, changes, message]) => {
      const failure = startTrial(host, changes.argv, changes);
      await expect(failure).rejects.toMatchObject({ code: 'spawn_failed', retryable: false });
      await expect(failure).rejects.toThrow(message);
    });

    test('a script that vanished', async () => {
      const script = join(folder, 'vanishes.sh');
      writeFileSync(script, '#!/bin/sh\n');
      chmodSync(script, 0o755);
      expect(await runTrial(host, [script])).toMatchObject({ exitCode: 0 });
      await rm(script);
      await expect(startTrial(host, [script])).rejects.toThrow(/vanishes.sh does not exist/);
    });
  });
}
