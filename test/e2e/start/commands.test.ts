import { describe, expect, test } from 'vitest';

import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';
import { parsed, start } from '../../support/sealed/run.ts';

describe.skipIf(!requires('agent'))('the command line of the sealed agent', () => {
  test.each([[['--help']], [['-h']], [['help']], [['detect', '--help']], [['--worker-pool=x', '--help']]])(
    '%j names the commands, the settings, the exit codes',
    async (words) => {
      const { end, stdout, stderr } = await start(agentFile, words).result;
      expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
      for (const text of [
        'detect',
        'doctor',
        'health',
        'install DIR',
        'licenses',
        '--version',
        'ATTUNE_WORKER_POOL',
        '--worker-pool',
        'Exit codes',
      ])
        expect(stdout).toContain(text);
    },
  );

  test('--help offers no flag for a secret', async () => {
    const { stdout } = await start(agentFile, ['--help']).result;
    expect(stdout).toContain('ATTUNE__DATABASE__URL');
    expect(stdout).not.toContain('--database-url');
  });

  test('detect shows the interpreters of PATH, with versions', async () => {
    const PATH = interpreters();
    const table = await start(agentFile, ['detect'], { environment: { PATH } }).result;
    expect(table).toMatchObject({ end: 0, stderr: '' });
    expect(table.stdout).toMatch(/^RUNTIME +VERSION +PATH\n/);
    expect(table.stdout).toMatch(new RegExp(`^ruby +3\\.3\\.1 +${PATH}/ruby$`, 'm'));
    const { stdout } = await start(agentFile, ['detect', '--json'], { environment: { PATH } }).result;
    expect(parsed(stdout)).toMatchObject({
      runtimes: [
        { name: 'ruby', version: '3.3.1', path: `${PATH}/ruby` },
        { name: 'native' },
        { name: 'javascript' },
        { name: 'wasm' },
      ],
      architecture: expect.stringMatching(/./) as unknown,
    });
  });

  test('--detect-only is detect', async () => {
    const { end, stdout } = await start(agentFile, ['--detect-only', '--json']).result;
    expect({ end, isObject: typeof parsed(stdout) }).toEqual({ end: 0, isObject: 'object' });
  });

  test.each([
    [['dance'], 'There is no command dance. See attune-agent --help'],
    [['--no-such-flag'], "Unknown option '--no-such-flag'"],
    [['detect', 'more'], "Unexpected argument 'more'"],
    [['--worker-concurrency=none'], '--worker-concurrency must be a whole number'],
    [['--config=/nonexistent.yaml'], '/nonexistent.yaml'],
    [['--database-url=postgres://me:hunter2@db/x'], 'set ATTUNE__DATABASE__URL'],
  ])('%j is refused with the reason', async (words, reason) => {
    const { end, stdout, stderr } = await start(agentFile, words).result;
    expect({ end, stdout }).toEqual({ end: 2, stdout: '' });
    expect(stderr).toMatch(/^attune-agent: .*\n$/);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('hunter2');
  });

  test('a run begins with a line of JSON, before anything is looked for', async () => {
    const { end, stdout } = await start(agentFile, [], { environment: { PATH: interpreters() } }).result;
    const lines = stdout.trim().split('\n').map(parsed);
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'attune-agent starts', architecture: process.arch });
    expect(lines.at(-1)).toMatchObject({ level: 'fatal', code: 'database_missing' });
    expect(end).toBe(2);
  });
});

/** A folder with one interpreter, which knows no more than its version. */
function interpreters(): string {
  return folderWith({ ruby: { program: '#!/bin/sh\necho "ruby 3.3.1 (2024-04-23) [x86_64-linux]"\n' } });
}
