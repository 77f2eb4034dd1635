import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attune, startAttune } from '../attune.ts';

const commands = [
  'server',
  'run',
  'execution',
  'pack',
  'action',
  'runtime',
  'worker',
  'pool',
  'health',
  'agent',
  'config',
  'completion',
];

describe('attune without a server', () => {
  test.each([
    ...commands,
    'execution list',
    'execution logs',
    'pack register',
    'pack archive',
    'pack new',
    'pack check',
    'pack test',
    'worker cordon',
    'agent sign',
    'agent verify',
  ])('%s --help shows examples', async (command) => {
    const { status, stdout, stderr } = await attune([...command.split(' '), '--help']);
    expect(stdout).toContain(`Usage: attune ${command}`);
    expect(stdout).toContain('Examples:\n  ');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('tells its version, and no more', async () => {
    const { status, stdout, stderr } = await attune(['--version']);
    expect([status, stdout, stderr]).toEqual([0, '0.1.0\n', '']);
  });

  test('names every command in its help', async () => {
    const { stdout } = await attune(['--help']);
    for (const command of commands) expect(stdout).toContain(`  ${command} `);
  });

  test.each([
    [['bogus'], "unknown command 'bogus'"],
    [['run'], "missing required argument 'action'"],
    [['run', 'a.b', '--bogus'], "unknown option '--bogus'"],
    [['execution'], 'Usage: attune execution'],
    [['execution', 'show', 'x'], '"x" is not the number of an execution'],
    [['execution', 'list', '--limit', 'x'], '--limit: must be a number'],
    [['execution', 'list', '--state', 'x'], '--state: '],
    [['pack', 'list', '--api-url', 'ftp://x'], '--api-url: must be a URL'],
    [['server', '--server-port', 'x', '--log-level', 'loud'], '--server-port: must be a whole number'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
  ])('%j is a usage error', async (words, message) => {
    const { status, stdout, stderr } = await attune(words);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('says that nobody answers, also in JSON', async () => {
    const environment = { ATTUNE_API_URL: 'http://127.0.0.1:1' };
    const plain = await attune(['pack', 'list'], { environment });
    expect(plain.status).toBe(3);
    expect(plain.stderr).toMatch(/No Attune server answers at http:\/\/127\.0\.0\.1:1: .*attune server/);
    const json = await attune(['pack', 'list', '--json'], { environment });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'server_unreachable' } });
    expect(json.status).toBe(3);
  });

  test('lists every setting with flag, variable and file key, and no flag for a secret', async () => {
    const { stdout } = await attune(['config', '--json']);
    const described: unknown = JSON.parse(stdout);
    expect(described).toMatchObject({
      'attune server': expect.arrayContaining([
        expect.objectContaining({
          flag: '--server-port',
          variable: 'ATTUNE__SERVER__PORT',
          key: 'server.port',
          default: '8080',
        }),
        expect.objectContaining({ flag: null, variable: 'ATTUNE__DATABASE__URL', secret: true }),
      ]) as unknown,
      'attune-agent': expect.arrayContaining([
        expect.objectContaining({ variable: 'ATTUNE_WORKER_NAME' }),
      ]) as unknown,
      attune: expect.arrayContaining([
        expect.objectContaining({ flag: null, variable: 'ATTUNE_API_TOKEN' }),
      ]) as unknown,
    });
  });

  test.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ NO_COLOR: '1' }, false],
  ])(
    'with %j, colours the errors of a process: %s',
    async (environment: Record<string, string>, coloured) => {
      const { stderr, status } = await startAttune(['execution', 'show', 'x'], { environment }).ended;
      expect(stderr.includes('\u001B[31merror:')).toBe(coloured);
      expect(status).toBe(2);
    },
  );

  test('docs/settings.md shows the settings as they are: "npm run docs" writes it', async () => {
    const { stdout } = await attune(['config', '--markdown']);
    expect(readFileSync(join(import.meta.dirname, '../../../../docs/settings.md'), 'utf8')).toBe(stdout);
  });

  test('completes commands and options in bash', async () => {
    const { stdout: script } = await attune(['completion', 'bash']);
    expect(script).toContain(`'execution') words='list show logs attempts retry cancel`);
    expect(script).toMatch(/'run'\) words='--params-file --max-attempts --retry-delay --follow .*--json/);
  });
});
