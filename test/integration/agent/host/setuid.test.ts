import { spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { openSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { startTrial } from './hostile.ts';
import { describeSupervisors, noHurry, startSupervised } from './supervised.ts';

const root = 0;
const nobody = 65_534;
const someone = 65_500;

/** A copy of a program that runs as this user, whoever starts it. */
function setuidCopy(program: string, owner: number): string {
  const folder = folderWith({});
  const copy = join(folder, 'program');
  chmodSync(folder, 0o755);
  copyFileSync(program, copy);
  chownSync(copy, owner, owner);
  chmodSync(copy, 0o4755);
  return copy;
}

/** Real, effective, saved and file-system user. */
function usersOf(pid: number): number[] {
  const [, line = ''] = /^Uid:\s+(.*)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return line.split('\t').map(Number);
}

function becoming(command: string): [string, ...string[]] {
  return ['/bin/sh', '-c', `echo ready; exec ${command}`];
}

describeSupervisors((supervisor) => {
  describe.skipIf(!requires('root') || !requires('setpriv'))('a job that becomes another user', () => {
    test('is ended by root, whoever it is', async () => {
      const host = await startSupervised(supervisor());
      onTestFinished(() => host.close());
      const { job, ready, ended } = await startTrial(
        host,
        becoming(`${setuidCopy('/bin/sleep', nobody)} 60`),
      );
      await ready;
      await expect.poll(() => usersOf(job.pid)).toEqual([root, nobody, nobody, nobody]);
      job.end('cancelled');
      expect(await ended).toMatchObject({ cause: 'cancelled', signal: 'SIGTERM', survivors: [] });
    });

    test('is swept by root, wherever it went', async () => {
      const host = await startSupervised(supervisor());
      onTestFinished(() => host.close());
      const away = `setsid env -i TRIAL=$0 ${setuidCopy('/bin/sleep', nobody)} 60`;
      const script = `${away} & until grep -q "^Uid:.*${nobody}" /proc/$!/status; do :; done`;
      const { ended } = await startTrial(host, ['/bin/sh', '-c', script]);
      expect(await ended).toMatchObject({ exitCode: 0, strays: 1, survivors: [] });
    });

    test('is ended by the user that it really is', async () => {
      const host = await startAs(someone, supervisor());
      const { job, ready, ended } = await startTrial(host, becoming(`${setuidCopy('/bin/sleep', root)} 60`));
      await ready;
      await expect.poll(() => usersOf(job.pid)).toEqual([someone, root, root, root]);
      job.end('cancelled');
      expect(await ended).toMatchObject({ cause: 'cancelled', signal: 'SIGTERM', survivors: [] });
    });

    test('and can not be ended any more, is told to have survived', { timeout: 120_000 }, async () => {
      const host = await startAs(someone, supervisor());
      const wholly = `${setuidCopy('/usr/bin/setpriv', root)} --reuid=0 sleep 600`;
      const { job, ready, ended } = await startTrial(host, becoming(wholly));
      onTestFinished(() => void process.kill(job.pid, 'SIGKILL'));
      await ready;
      await expect.poll(() => usersOf(job.pid)).toEqual([root, root, root, root]);
      job.end('cancelled');
      expect(await job.exited).toMatchObject({ cause: 'cancelled', survivors: 1, lostOutput: 'leaked' });
      expect((await ended).stdout).toBe('ready\n');
    });
  });
});

/** A host whose supervisor is of another user, without any right. */
async function startAs(user: number, supervisor: string): Promise<ProcessHost> {
  const identity = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--inh-caps=-all'];
  const { stdio } = spawn('/usr/bin/setpriv', [...identity, supervisor], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    detached: true,
  });
  const socket = stdio[3];
  if (!(socket instanceof Socket)) throw new Error('the supervisor has no socket');
  const host = await openSupervisedProcessHost(socket, noHurry);
  onTestFinished(() => host.close());
  return host;
}
