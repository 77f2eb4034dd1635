import { beforeAll, describe, expect, test } from 'vitest';

import { descendantsOf } from '../../support/processes.ts';
import { sealedProbe } from '../../support/sealed/probe.ts';
import { parsed, start } from '../../support/sealed/run.ts';

/** As process 1: alone.test.ts. */
describe('the supervisor of a sealed program', () => {
  let probe = '';
  beforeAll(async () => {
    probe = await sealedProbe();
  });

  test('is its parent, and what was started', async () => {
    const { pid, result } = start(probe, ['identity']);
    expect(parsed((await result).stdout)).toMatchObject({ parent: pid });
  });

  test('reaps orphans', async () => {
    const { stdout } = await start(probe, ['orphan']).result;
    expect(parsed(stdout)).toEqual({ inheritedByParent: true, zombie: false });
  });

  test('keeps no zombie of many orphans', async () => {
    const script = '(for orphan in 1 2 3 4 5 6 7 8 9; do sleep 60 & done); echo ready; exec sleep 60';
    const options = { environment: { PATH: '/usr/bin:/bin' } };
    const { pid, firstLine, result } = start(probe, ['run', '/bin/sh', '-c', script], options);
    await firstLine;
    const [program, ...sleeping] = descendantsOf(pid).map((descendant) => descendant.pid);
    const last = sleeping.pop() ?? 0;
    expect(sleeping).toHaveLength(9);
    for (const orphan of sleeping) process.kill(orphan);
    await expect.poll(() => descendantsOf(pid).map((left) => left.pid)).toEqual([program, last]);
    process.kill(last);
    await result;
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGWINCH'] as const)('passes %s on', async (signal) => {
    const { pid, firstLine, result } = start(probe, ['signal']);
    await firstLine;
    process.kill(pid, signal);
    expect(await result).toMatchObject({ end: 7, stdout: `"ready"\n"${signal}"\n` });
  });

  test.each([0, 3, 255])('hands on exit status %i', async (status) => {
    expect(await start(probe, ['exit', String(status)]).result).toMatchObject({ end: status });
  });

  test.each([
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGSEGV', 139],
  ])('hands on a death by %s as %i', async (signal, status) => {
    expect(await start(probe, ['die', signal]).result).toMatchObject({ end: status });
  });

  test('starts a program that never said hello no second time', async () => {
    const { stderr } = await start(probe, ['die', 'SIGKILL']).result;
    expect(stderr).toBe('');
  });

  test('that is killed takes the program along', async () => {
    const { pid, firstLine, result } = start(probe, ['signal']);
    await firstLine;
    process.kill(pid, 'SIGKILL');
    expect(await result).toMatchObject({ end: 'SIGKILL', stdout: '"ready"\n"SIGTERM"\n' });
  });
});
