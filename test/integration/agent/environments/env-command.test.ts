import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';

const main = join(import.meta.dirname, '../../../../src/agent/main.ts');
const runtime = [
  'ref: demo.tool',
  'name: tool',
  'distributions: {verification: {commands: [{binary: demo-tool, args: [--version], pattern: "(\\\\d+\\\\.\\\\d+\\\\.\\\\d+)"}]}}',
  'execution_config:',
  '  interpreter: {binary: demo-tool}',
  '  dependencies:',
  '    manifest_file: tools.txt',
  `    install_command: [sh, -euc, 'echo "index $TOOL_INDEX"; cp "$1" "$2"', sh, '{manifest_path}', '{env_dir}']`,
].join('\n');

/** A pack with a runtime of its own, whose interpreter is on the PATH. */
function scene() {
  const folder = folderWith({
    'bin/demo-tool': { program: '#!/bin/sh\necho 1.2.3\n' },
    'demo/pack.yaml': 'ref: demo\nenvironment_keys: {TOOL_INDEX: demo.index}\n',
    'demo/tools.txt': 'hammer\n',
    'demo/runtimes/tool.yaml': runtime,
    'demo/actions/it.yaml': 'ref: demo.it\nrunner_type: tool\nentry_point: it.sh\n',
    'demo/actions/it.sh': '',
    'demo/actions/plain.yaml': 'ref: demo.plain\nentry_point: it.sh\n',
  });
  const variables = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    ATTUNE_RUNTIME_ENVS_DIR: join(folder, 'envs'),
    TOOL_INDEX: 'hunter2-index',
  };
  const agent = async (words: readonly string[], umbrella: readonly string[] = []) => {
    const [program = '', ...rest] = [...umbrella, process.execPath, main, ...words];
    const { exitCode, stdout, stderr } = await execa(program, rest, {
      env: variables,
      extendEnv: false,
      reject: false,
    });
    return { exitCode, stdout, stderr };
  };
  const env = (...words: string[]) => agent(['env', ...words]);
  return { folder, env, agent };
}

const listing = z.object({
  environments: z.array(z.looseObject({ pack: z.string(), name: z.string(), folder: z.string() })),
});

test('env build makes what executions would, once; env list shows it; env prune removes it', async () => {
  const { folder, env } = scene();
  const built = await env('build', join(folder, 'demo'));
  expect(built).toMatchObject({ exitCode: 0 });
  expect(built.stdout).toMatch(/^demo\/tool-1\.2\.3-[0-9a-f]{16}: built \(.*\)$/);
  expect(built.stderr).toMatch(/building the environment[^]*index \*\*\*[^]*is ready/);
  expect((await env('build', join(folder, 'demo'))).stdout).toContain('was there');

  const { stdout } = await env('list', '--json');
  const [listed] = listing.parse(JSON.parse(stdout)).environments;
  expect(listed).toMatchObject({ pack: 'demo', runtime: 'tool', version: '1.2.3' });
  expect(readdirSync(listed?.folder ?? '')).toEqual(['tools.txt']);
  expect((await env('list')).stdout).toMatch(
    /^PACK +RUNTIME +VERSION +SIZE[^]*\ndemo +tool +1\.2\.3 .* complete /,
  );

  expect((await env('prune', '--older-than', '0')).stdout).toBe('0 removed, 0 B freed');
  utimesSync(`${listed?.folder}.used`, 1, 1);
  expect((await env('prune', '--older-than', '1h')).stdout).toMatch(
    /^removed demo\/tool[^]*\n1 removed, .* freed$/,
  );
  expect(existsSync(listed?.folder ?? '')).toBe(false);
});

describe.skipIf(!requires('root') || !requires('namespaces'))('an environment on a volume', () => {
  test('that is read-only by now is used, and nothing is removed from it', async () => {
    const { folder, env, agent } = scene();
    await env('build', join(folder, 'demo'));
    const readOnly = mounting(
      `mount --bind ${folder}/envs ${folder}/envs; mount -o remount,bind,ro ${folder}/envs`,
    );
    const used = await agent(['try', join(folder, 'demo'), 'it'], readOnly);
    expect(used.exitCode).toBe(0);
    expect(used.stderr).not.toContain('building');
    expect(await agent(['env', 'build', join(folder, 'demo')], readOnly)).toMatchObject({ exitCode: 0 });
    expect(await agent(['env', 'prune'], readOnly)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Nothing can be removed from') as unknown,
    });
    rmSync(join(folder, 'envs/demo'), { recursive: true });
    expect((await agent(['try', join(folder, 'demo'), 'it'], readOnly)).stderr).toContain(
      'let ATTUNE_RUNTIME_ENVS_DIR name a folder that the worker may write',
    );
  });

  test('without exec is warned of by doctor', async () => {
    const { folder, agent } = scene();
    mkdirSync(join(folder, 'envs'));
    const { stdout } = await agent(
      ['doctor', '--json'],
      mounting(`mount -t tmpfs -o noexec none ${folder}/envs`),
    );
    const { findings } = z
      .object({ findings: z.array(z.looseObject({ check: z.string() })) })
      .parse(JSON.parse(stdout));
    expect(findings.find(({ check }) => check === 'environments')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('mounted noexec') as unknown,
      fix: expect.stringContaining('ATTUNE_RUNTIME_ENVS_DIR') as unknown,
    });
  });
});

test.skipIf(!requires('root') || !requires('setpriv'))(
  'an environment of a user without rights is removed although it is read-only',
  async () => {
    const { folder, agent } = scene();
    execFileSync('chown', ['-R', '65532:65532', folder]);
    const asUser = ['setpriv', '--reuid=65532', '--regid=65532', '--clear-groups'];
    const built = await agent(['env', 'build', join(folder, 'demo'), '--json'], asUser);
    const [made] = listing.parse(JSON.parse(built.stdout)).environments;
    expect(readdirSync(made?.folder ?? '')).toEqual(['tools.txt']);
    utimesSync(`${made?.folder}.used`, 1, 1);
    const pruned = await agent(['env', 'prune', '--older-than', '1h'], asUser);
    expect(pruned).toMatchObject({ exitCode: 0, stderr: '' });
    const builds = join(folder, 'envs/demo/.builds');
    expect(readdirSync(builds)).toEqual([]);
    // What another user has left is in nobody's way.
    const hash = made?.name.split('-').at(-1);
    mkdirSync(join(builds, `${hash}.dead/folder`), { recursive: true, mode: 0o700 });
    const again = await agent(['env', 'build', join(folder, 'demo')], asUser);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('built') as unknown });
    expect(await agent(['env', 'prune'], asUser)).toMatchObject({ exitCode: 0, stderr: '' });
  },
);

/** Words before a command that sees these mounts alone. */
function mounting(script: string): string[] {
  return ['unshare', '--mount', 'sh', '-euc', `${script}; exec "$@"`, 'sh'];
}

test('env build can be kept to one runtime', async () => {
  const { folder, env } = scene();
  const { exitCode, stdout } = await env('build', join(folder, 'demo'), '--runtime', 'python');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'demo needs no environment here' });
});

test('env build that fails says why, and exits with 1', async () => {
  const { folder, env } = scene();
  const broken = folderWith({});
  await execa('cp', ['-r', join(folder, 'demo'), broken]);
  await execa('sh', ['-c', `sed -i 's/cp "/exit 7; cp "/' ${join(broken, 'demo/runtimes/tool.yaml')}`]);
  const { exitCode, stdout } = await env('build', join(broken, 'demo'), '--json');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/"error": ".*exit code 7; its last lines:\\nindex \*\*\*/);
});

test.each([
  [[], 'env needs a command'],
  [['build'], 'env build needs one pack'],
  [['prune', '--older-than', 'soon'], '--older-than must be a time'],
  [['prune', '--max-size', 'much'], '--max-size must be a size'],
])('env %j is refused', async (words, message) => {
  const { exitCode, stderr } = await scene().env(...words);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
