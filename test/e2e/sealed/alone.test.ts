import { beforeAll, describe, expect, test } from 'vitest';

import { requires } from '../../support/requires.ts';
import { sealedProbe } from '../../support/sealed/probe.ts';
import { firstChildOf, parsed, startAlone } from '../../support/sealed/run.ts';

const asRoot = process.getuid?.() === 0;

describe.skipIf(!requires('namespaces'))('as process 1, in a root directory with nothing else', () => {
  let probe = '';
  beforeAll(async () => {
    probe = await sealedProbe();
  });

  test('starts, and knows its own path', async () => {
    const { end, stdout, stderr } = await startAlone(probe, ['identity']).result;
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
    expect(parsed(stdout)).toMatchObject({ path: '/program' });
  });

  test('stays behind as init, the program being its child', async () => {
    const { stdout } = await startAlone(probe, ['identity']).result;
    expect(parsed(stdout)).toMatchObject({ parent: 1 });
  });

  test('starts itself again', async () => {
    const { end, stdout } = await startAlone(probe, ['run'], { environment: { A: '1' } }).result;
    expect({ end, environment: parsed(stdout) }).toEqual({ end: 0, environment: { A: '1' } });
  });

  test.runIf(asRoot)('runs as a user who exists nowhere', async () => {
    const { end, stdout, stderr } = await startAlone(probe, ['run', '/program', 'identity'], { uid: 65532 })
      .result;
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
    expect(parsed(stdout)).toMatchObject({ uid: 65532, path: '/program' });
  });

  test('reaps orphans', async () => {
    const { stdout } = await startAlone(probe, ['orphan']).result;
    expect(parsed(stdout)).toEqual({ inheritedByParent: true, zombie: false });
  });

  test.each([0, 3, 255])('hands on exit status %i', async (status) => {
    const { end } = await startAlone(probe, ['exit', String(status)]).result;
    expect(end).toBe(status);
  });

  test.each([
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGSEGV', 139],
  ])('hands on a death by %s as %i', async (signal, status) => {
    const { end } = await startAlone(probe, ['die', signal]).result;
    expect(end).toBe(status);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGWINCH'] as const)('forwards %s', async (signal) => {
    const { pid, firstLine, result } = startAlone(probe, ['signal']);
    await firstLine;
    process.kill(firstChildOf(pid), signal);
    expect(await result).toMatchObject({ end: 7, stdout: `"ready"\n"${signal}"\n` });
  });

  test('without /proc says so', async () => {
    const { end, stderr } = await startAlone(probe, ['identity'], { withoutProc: true }).result;
    expect({ end, stderr }).toEqual({
      end: 126,
      stderr: 'attune-agent: cannot read /proc/self/exe: is /proc mounted, and the file readable?\n',
    });
  });
});
