import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';
import { parsed, type Running, start, startAlone } from '../../support/sealed/run.ts';

describe.skipIf(!requires('agent'))('attune-agent install', () => {
  test('leaves an executable that is the agent, and says so in one line', async () => {
    const folder = join(folderWith({}), 'new/folder');
    const { end, stdout, stderr } = await start(agentFile, ['install', folder]).result;
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
    const { size } = statSync(agentFile);
    expect(stdout).toMatch(
      new RegExp(`^installed ${folder}/attune-agent \\(${size} bytes, mode 0755, sha256 [0-9a-f]{64}\\)\n$`),
    );
    const installed = join(folder, 'attune-agent');
    expect((await start(installed, ['--version']).result).stdout).toMatch(/^attune-agent /);
    expect(readdirSync(folder)).toEqual(['attune-agent']);
  });

  test('does nothing where the same bytes are there', async () => {
    const folder = folderWith({});
    await start(agentFile, ['install', folder]).result;
    const before = statSync(join(folder, 'attune-agent')).ino;
    const { stdout } = await start(agentFile, ['install', folder, '--mode=0555', '--json']).result;
    expect(parsed(stdout)).toMatchObject({ changed: false, mode: '0555', warnings: [] });
    expect(statSync(join(folder, 'attune-agent'))).toMatchObject({ ino: before, mode: 0o100555 });
  });

  test('takes the place of a program that runs, which goes on', async () => {
    const folder = folderWith({});
    const target = join(folder, 'attune-agent');
    copyFileSync('/bin/sleep', target);
    const running = spawn(target, ['1000'], { stdio: 'ignore' });
    const ended = once(running, 'exit');
    onTestFinished(async () => {
      running.kill('SIGKILL');
      await ended;
    });
    const { end } = await start(agentFile, ['install', folder]).result;
    expect(end).toBe(0);
    expect(running.exitCode ?? running.signalCode).toBeNull();
    expect(statSync(target).size).toBe(statSync(agentFile).size);
  });

  test.skipIf(!requires('namespaces'))('works where there is nothing but the file', async () => {
    const { end, stdout } = await startAlone(agentFile, ['install', '/opt/attune/agent']).result;
    expect({ end, stdout }).toMatchObject({
      end: 0,
      stdout: expect.stringMatching(/^installed /) as unknown,
    });
  });

  test.skipIf(!requires('namespaces'))('says what is wrong with a read-only volume', async () => {
    const folders = { '/volume': folderWith({}) };
    const { end, stdout, stderr } = await startAlone(agentFile, ['install', '/volume'], { folders }).result;
    expect({ end, stdout }).toEqual({ end: 1, stdout: '' });
    expect(stderr).toMatch(
      /^attune-agent: \/volume can't be written, .* read-only: .* \(install_failed\)\n$/,
    );
  });

  test.skipIf(!requires('namespaces'))('warns of a volume from which nothing can start', async () => {
    const { end, stdout, stderr } = await installOn('noexec').result;
    expect(end).toBe(0);
    expect(stdout).toMatch(/^installed /);
    expect(stderr).toMatch(/^attune-agent: warning: .* is mounted noexec .* Mount it without noexec .*\n$/);
  });

  test.skipIf(!requires('namespaces'))('leaves nothing on a volume that is too small', async () => {
    const { end, stdout, stderr } = await installOn('size=1m').result;
    expect(end).toBe(1);
    expect(stderr).toContain("has no room for the agent's 90 MB");
    expect(stdout).toBe('');
  });

  test('says what is wrong with a file in the place of the folder', async () => {
    const file = join(folderWith({ file: '' }), 'file');
    const { end, stderr } = await start(agentFile, ['install', file]).result;
    expect(end).toBe(1);
    expect(stderr).toContain(`${file} can't be a folder`);
  });

  test('wants one folder', async () => {
    const { end, stderr } = await start(agentFile, ['install']).result;
    expect({ end, stderr }).toEqual({
      end: 2,
      stderr: expect.stringContaining('install needs one folder') as unknown,
    });
  });
});

/** Installs into a volume of its own with these options; what is left there afterwards is printed. */
function installOn(options: string): Running {
  const script =
    'mount -t tmpfs -o "$1" none "$2" && "$3" install "$2"; end=$?; [ $end = 0 ] || ls -A "$2"; exit $end';
  const words = ['--mount', 'sh', '-c', script, 'sh', options, folderWith({}), agentFile];
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return start('/usr/bin/unshare', [...asRoot, ...words], {
    environment: { PATH: process.env['PATH'] ?? '' },
  });
}
