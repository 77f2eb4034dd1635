import { beforeAll, describe, expect, test } from 'vitest';

import { sealedProbe } from '../../support/sealed/probe.ts';
import { firstChildOf, parsed, start } from '../../support/sealed/run.ts';

describe('ATTUNE_AGENT_INIT', () => {
  let probe = '';
  beforeAll(async () => {
    probe = await sealedProbe();
  });
  const environment = { ATTUNE_AGENT_INIT: '1' };

  test('unset: a process that is not number 1 has no init', async () => {
    const { pid, result } = start(probe, ['identity']);
    expect(parsed((await result).stdout)).toMatchObject({ pid, parent: process.pid });
  });

  test('0: no init', async () => {
    const { pid, result } = start(probe, ['identity'], { environment: { ATTUNE_AGENT_INIT: '0' } });
    expect(parsed((await result).stdout)).toMatchObject({ pid });
  });

  test('1: the init is the parent, reaps orphans', async () => {
    const { pid, result } = start(probe, ['identity'], { environment });
    expect(parsed((await result).stdout)).toMatchObject({ parent: pid });
    const orphan = await start(probe, ['orphan'], { environment }).result;
    expect(parsed(orphan.stdout)).toEqual({ inheritedByParent: true, zombie: false });
  });

  test('1: signals and status pass through', async () => {
    const { pid, firstLine, result } = start(probe, ['signal'], { environment });
    await firstLine;
    process.kill(pid, 'SIGHUP');
    expect(await result).toMatchObject({ end: 7, stdout: '"ready"\n"SIGHUP"\n' });
    expect(await start(probe, ['die', 'SIGKILL'], { environment }).result).toMatchObject({ end: 137 });
  });

  test('1: an init that is killed takes the program along', async () => {
    const { pid, firstLine, result } = start(probe, ['signal'], { environment });
    await firstLine;
    firstChildOf(pid);
    process.kill(pid, 'SIGKILL');
    expect(await result).toMatchObject({ end: 'SIGKILL', stdout: '"ready"\n"SIGTERM"\n' });
  });
});
