import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { sealedProbe } from '../../support/sealed/probe.ts';
import { firstChildOf, parsed, start } from '../../support/sealed/run.ts';

const UID = 65532;
const asRoot = process.getuid?.() === 0;

/** What a process of the same user sees of another one's secrets: the name of the error, or `open`. */
const look = `
for name in environ mem maps auxv; do head -c 1 "/proc/$1/$name" >/dev/null 2>&1 && echo "$name open" || echo "$name closed"; done
ls "/proc/$1/fd" >/dev/null 2>&1 && echo "fd open" || echo "fd closed"`;

function lookAt(pid: number): string[] {
  const shell = execFileSync('sh', ['-c', look, 'sh', String(pid)], { uid: UID, gid: UID, encoding: 'utf8' });
  return shell.trim().split('\n');
}

describe.runIf(asRoot)('a process of the same user', () => {
  let probe = '';
  beforeAll(async () => {
    probe = await sealedProbe();
  });
  const closed = ['environ closed', 'mem closed', 'maps closed', 'auxv closed', 'fd closed'];

  test('sees nothing of the sealed program or of its supervisor', async () => {
    const environment = { SECRET: 'x' };
    const { pid, firstLine, result } = start(probe, ['sleep'], { uid: UID, environment });
    await firstLine;
    expect(lookAt(pid)).toEqual(closed);
    expect(lookAt(firstChildOf(pid))).toEqual(closed);
    process.kill(pid, 'SIGTERM');
    await result;
  });

  test('would see all of an ordinary program', async () => {
    const { pid, result } = start('sleep', ['60'], { uid: UID, environment: { PATH: '/usr/bin:/bin' } });
    await expect.poll(() => lookAt(pid)).toContain('environ open');
    process.kill(pid);
    await result;
  });

  test('sees the programs that the sealed one starts', async () => {
    const { pid, result } = start(probe, ['run', '/bin/sleep', '2'], { uid: UID });
    await expect.poll(() => grandchildSeen(pid), { timeout: 1900 }).toContain('environ open');
    await result;
  });

  test('a file with the set-uid bit starts too, though ld.so is then told to trust nobody', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'attune-setuid-'));
    const path = join(directory, 'probe');
    chmodSync(directory, 0o755);
    copyFileSync(probe, path);
    chmodSync(path, 0o4755);
    const environment = { LD_PRELOAD: '/nonexistent.so' };
    const { end, stdout } = await start(path, ['environment'], { uid: UID, environment }).result;
    rmSync(directory, { recursive: true });
    expect({ end, stdout: parsed(stdout) }).toEqual({ end: 0, stdout: environment });
  });

  test('the program itself works: name resolution, its own path, its own descriptors', async () => {
    const resolved = await start(probe, ['resolve', 'localhost'], { uid: UID }).result;
    expect(resolved).toMatchObject({ end: 0, stderr: '' });
    const identity = await start(probe, ['identity'], { uid: UID }).result;
    expect(parsed(identity.stdout)).toMatchObject({ uid: UID, path: probe });
    expect(await start(probe, ['descriptors'], { uid: UID }).result).toMatchObject({ end: 0, stderr: '' });
  });
});

test.skipIf(!requires('cores'))('a sealed program that crashes leaves no core', async () => {
  const folder = folderWith({});
  const script = 'ulimit -c unlimited && cd "$0" && "$@"';
  const { end } = await start('sh', ['-c', script, folder, await sealedProbe(), 'die', 'SIGABRT'], {
    environment: { PATH: '/usr/bin:/bin' },
  }).result;
  expect({ end, files: readdirSync(folder) }).toEqual({ end: 134, files: [] });
});

/** Between the two is the sealed program, which is the child of its supervisor. */
function grandchildSeen(supervisor: number): string[] {
  const child = firstChildOf(supervisor);
  const grandchild = child === 0 ? 0 : firstChildOf(child);
  return grandchild === 0 ? [] : lookAt(grandchild);
}
