import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRights } from '../../../../src/agent/confine/rights.ts';
import type { Confinement, Limit } from '../../../../src/agent/host/confinement.ts';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { openSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';
import { describeError } from '../../../../src/shared/errors.ts';
import { folderWith } from '../../../support/folder.ts';
import { isRunning } from '../../../support/processes.ts';
import { requires } from '../../../support/requires.ts';
import { runTrial, startTrial, unconfined } from './hostile.ts';
import { noHurry, shippedSupervisor, startSupervised } from './supervised.ts';

let host: ProcessHost;
beforeAll(async () => {
  host = await startSupervised();
});
afterAll(() => host.close());

const user = { uid: 65_532, gid: 65_533, groups: [27, 4711] };

function confined(changes: Partial<Confinement>): { readonly confinement: Confinement } {
  return { confinement: { ...unconfined, ...changes } };
}

/** What a script of a job prints. */
async function says(script: string, changes: Partial<Confinement>): Promise<string> {
  const { stdout, stderr } = await runTrial(host, ['/bin/sh', '-c', script], confined(changes));
  return (stdout + stderr).trim();
}

/** A user that no other test knows, with as many processes. */
function crowded(most: number) {
  const limits = [{ resource: 'nproc', soft: most, hard: most }] as const;
  return confined({ user: { ...user, uid: 64_001 }, limits });
}

/** Rows of limits but for those that differ: Node raises its own for files, and the locks are the mark of a job. */
function unmarked(limits: string): string[] {
  return limits.split('\n').filter((row) => !/open files|file locks/.test(row));
}

/** The soft and the hard limit, as the shell tells them. */
function limited(flag: string, limit: Limit): Promise<string> {
  return says(`ulimit -S${flag}; ulimit -H${flag}`, { limits: [limit] });
}

describe('a job has', () => {
  test('the umask', async () => {
    const folder = folderWith({});
    expect(await says(`umask; touch ${folder}/made`, { umask: 0o077 })).toBe('0077');
    expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o600);
  });

  test('its own niceness, on top of ours', async () => {
    const [own, niced] = [await says('nice', {}), await says('nice', { nice: 7 })];
    expect(Number(niced)).toBe(Math.min(19, Number(own) + 7));
  });

  test('an OOM score 100 above that of its supervisor, so that it is killed first', async () => {
    const score = 'oom_score_adj; cat /proc/$PPID/oom_score_adj';
    const [own, parent] = (await says(`cat /proc/self/${score}`, {})).split('\n').map(Number);
    expect(own).toBe(Math.min(1000, (parent ?? 0) + 100));
  });

  test.for([
    ['t', { resource: 'cpu', soft: 5, hard: 6 }, '5\n6'],
    // Blocks of 512 bytes, says POSIX.
    ['f', { resource: 'fsize', soft: 512, hard: 1024 }, '1\n2'],
    ['d', { resource: 'data', soft: 2 ** 30, hard: 2 ** 31 }, '1048576\n2097152'],
    ['s', { resource: 'stack', soft: 2 ** 20, hard: 2 ** 21 }, '1024\n2048'],
    ['c', { resource: 'core', soft: 0, hard: 0 }, '0\n0'],
    ['p', { resource: 'nproc', soft: 1000, hard: 2000 }, '1000\n2000'],
    ['n', { resource: 'nofile', soft: 64, hard: 128 }, '64\n128'],
    ['l', { resource: 'memlock', soft: 1024, hard: 2048 }, '1\n2'],
    ['v', { resource: 'as', soft: 2 ** 30, hard: 2 ** 31 }, '1048576\n2097152'],
  ] as const)('the limit -%s %j', async ([flag, limit, expected]) => {
    expect(await limited(flag, limit)).toBe(expected);
  });

  test.for([
    ['sigpending', 'Max pending signals', 12],
    ['msgqueue', 'Max msgqueue size', 4096],
  ] as const)('the limit %s', async ([resource, row, amount]) => {
    const limits = [{ resource, soft: amount, hard: amount }];
    expect(await says(`grep "${row}" /proc/self/limits`, { limits })).toMatch(
      new RegExp(`${amount} +${amount} `),
    );
  });

  test('an unlimited soft limit, where the hard one is', async () => {
    const limit = {
      resource: 'cpu',
      soft: Number.POSITIVE_INFINITY,
      hard: Number.POSITIVE_INFINITY,
    } as const;
    expect(await limited('t', limit)).toBe('unlimited\nunlimited');
  });

  test('no other limits than we have, if none is asked for', async () => {
    const own = readFileSync('/proc/self/limits', 'utf8').trim();
    expect(unmarked(await says('cat /proc/self/limits', {}))).toEqual(unmarked(own));
  });
});

describe('a limit that is reached', () => {
  test('ends a job by its signal', async () => {
    const limits = [{ resource: 'fsize', soft: 512, hard: 512 }] as const;
    const script = `exec dd if=/dev/zero of=${folderWith({})}/large bs=1024 count=10`;
    expect(await runTrial(host, ['/bin/sh', '-c', script], confined({ limits }))).toMatchObject({
      signal: 'SIGXFSZ',
      cause: 'exited',
    });
  });

  test.skipIf(!requires('root'))('of processes is one for all jobs of the user, and not ours', async () => {
    const nineteen = 'i=0; while [ $i -lt 19 ]; do sleep 60 & i=$((i+1)); done; echo ready; wait';
    const many = await startTrial(host, ['/bin/sh', '-c', nineteen], crowded(20));
    await many.ready;
    const forks = await runTrial(host, ['/bin/sh', '-c', 'sleep 0 & wait'], crowded(20));
    expect(forks.stderr).toMatch(/fork/);
    await expect(startTrial(host, ['/bin/true'], crowded(10))).rejects.toMatchObject({
      message: "The job's user has more processes than ATTUNE_JOB_LIMITS allows (nproc=10)",
      retryable: true,
    });
    const ours = Array.from({ length: 30 }, () => runTrial(host, ['/bin/sh', '-c', 'sleep 0 & wait']));
    expect(new Set((await Promise.all(ours)).map(({ exitCode }) => exitCode))).toEqual(new Set([0]));
    many.job.end('cancelled');
    expect(await many.ended).toMatchObject({ cause: 'cancelled', survivors: [] });
  });
});

describe.skipIf(!requires('root'))('a job of another user', () => {
  test('is that user alone, in its groups alone, with no capability', async () => {
    const script = 'id -u; id -g; id -G; grep -E "^Cap(Inh|Prm|Eff|Amb)" /proc/self/status';
    expect(await says(script, { user })).toBe(
      ['65532', '65533', '65533 27 4711', ...['Inh', 'Prm', 'Eff', 'Amb'].map(noCapability)].join('\n'),
    );
  });

  test('has no supplementary group unless it is asked for', async () => {
    expect(await says('id -G', { user: { ...user, groups: [] } })).toBe('65533');
  });

  test('can open its streams by name', async () => {
    const { stdout, stderr } = await runTrial(
      host,
      ['/bin/sh', '-c', 'cat /dev/stdin > /dev/stdout; echo error > /dev/stderr'],
      confined({ user }),
    );
    expect({ stdout, stderr }).toEqual({ stdout: '{}\n', stderr: 'error\n' });
  });

  test('is ended, with a daemon that left its session, and all output is read', async () => {
    const script = 'trap "" TERM; echo before; setsid sh -c "echo ready; sleep 60; sleep 60" & wait';
    const trial = await startTrial(host, ['/bin/sh', '-c', script], confined({ user }));
    await trial.ready;
    trial.job.end('cancelled');
    const ended = await trial.ended;
    expect(ended).toMatchObject({
      cause: 'cancelled',
      signal: 'SIGKILL',
      survivors: [],
      stdout: 'before\nready\n',
    });
    expect(ended.strays).toBeGreaterThan(0);
  });

  test('cannot end us, nor read what is ours', async () => {
    const folder = folderWith({ secret: 'hunter2' });
    chmodSync(join(folder, 'secret'), 0o600);
    chmodSync(folder, 0o755);
    const script = `kill -9 $PPID; kill -9 ${process.pid}; cat ${folder}/secret /proc/$PPID/environ`;
    const said = await says(script, { user });
    expect(said.match(/not permitted|denied/g)).toHaveLength(4);
  });

  test('dies with its supervisor', async () => {
    const dying = await startSupervised();
    const script = 'echo ready; exec sleep 60';
    const { ready, ended, job } = await startTrial(dying, ['/bin/sh', '-c', script], confined({ user }));
    await ready;
    const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${job.pid}/status`, 'latin1')) ?? [];
    process.kill(Number(parent), 'SIGKILL');
    await ended;
    await expect.poll(() => isRunning(job.pid)).toBe(false);
    await dying.close();
  });

  test('gets rights by a set-uid program, unless there are to be no new ones', async () => {
    const folder = folderWith({});
    const program = join(folder, 'id');
    chmodSync(folder, 0o755);
    copyFileSync('/usr/bin/id', program);
    chmodSync(program, 0o4755);
    expect(await says(`${program} -u`, { user })).toBe('0');
    expect(await says(`${program} -u`, { user, noNewPrivileges: true })).toBe('65532');
  });

  test('may be given a priority that it could not take itself, where we may', async () => {
    const own = Number(await says('nice', {}));
    const answer = await says('nice', { user, nice: -3 }).catch(describeError);
    const refusal =
      "The priority of ATTUNE_JOB_NICE (-3) can't be set (EACCES): below 0 it needs the capability SYS_NICE";
    expect(answer).toBe(readRights().has('sys_nice') ? String(own - 3) : refusal);
  });
});

describe.skipIf(!requires('root') || !requires('/usr/bin/setpriv'))('a supervisor that is not root', () => {
  test('with the capabilities for it starts jobs of another user, which have none of them', async () => {
    const able = await startAs(['setuid', 'setgid', 'kill', 'chown']);
    const script = 'id -u; grep -E "^Cap(Prm|Eff|Amb)" /proc/self/status; echo ready; setsid sleep 60';
    const trial = await startTrial(able, ['/bin/sh', '-c', script], confined({ user }));
    await trial.ready;
    trial.job.end('cancelled');
    expect(await trial.ended).toMatchObject({
      stdout: ['65532', ...['Prm', 'Eff', 'Amb'].map(noCapability), 'ready\n'].join('\n'),
      survivors: [],
    });
    await able.close();
  });

  test.for([
    [{ user }, /user 65532:65533, as ATTUNE_JOB_USER asks \(EPERM\): the agent must be root/],
    [
      { nice: -5 },
      /ATTUNE_JOB_NICE \(-5\) can't be set \(EACCES\): below 0 it needs the capability SYS_NICE/,
    ],
    [
      { limits: [{ resource: 'nofile', soft: 1, hard: 1e9 }] },
      /ATTUNE_JOB_LIMITS can't be set \(EPERM\): nofile=1000000000 is more than/,
    ],
  ] as const)('and may not start %j says why', async ([wanted, reason]) => {
    const unable = await startAs([]);
    const failure = startTrial(unable, ['/bin/true'], confined(wanted));
    await expect(failure).rejects.toMatchObject({ code: 'spawn_failed', retryable: false });
    await expect(failure).rejects.toThrow(reason);
    expect(await runTrial(unable, ['/bin/true'])).toMatchObject({ exitCode: 0 });
    await unable.close();
  });
});

/** A host whose supervisor is of user 65500 and has these capabilities alone. */
function startAs(capabilities: readonly string[]): Promise<ProcessHost> {
  const folder = folderWith({});
  chmodSync(folder, 0o755);
  const program = join(folder, 'supervisor');
  copyFileSync(shippedSupervisor, program);
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join();
  const { stdio } = spawn(
    '/usr/bin/setpriv',
    [
      '--reuid=65500',
      '--regid=65500',
      '--clear-groups',
      `--inh-caps=${set}`,
      `--ambient-caps=${set}`,
      program,
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  const socket = stdio[3];
  if (!(socket instanceof Socket)) throw new Error('the supervisor has no socket');
  return openSupervisedProcessHost(socket, noHurry);
}

function noCapability(set: string): string {
  return `Cap${set}:\t${'0'.repeat(16)}`;
}
