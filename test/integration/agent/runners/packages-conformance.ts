import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { packPackage, startNpmRegistry } from '../../../support/npm-registry.ts';
import { runAgentCommand } from '../../../support/try.ts';

const script = 'console.log(require("tiny").size);\n';

/** What `javascript-install` does, of any agent, with no npm and no shell on the PATH. */
export function packagesConformance(agent: readonly [string, ...string[]]): void {
  async function install(pack: string) {
    const environment = folderWith({});
    const words = ['javascript-install', pack, environment];
    const ended = await runAgentCommand(agent, words, { environment: { PATH: '', HOME: environment } });
    const run = (file: string) =>
      runAgentCommand(agent, ['javascript', `--modules=${environment}/node_modules`, join(pack, file)]);
    return { ...ended, environment, run };
  }

  test('a package comes from the registry that .npmrc names, with its token', async () => {
    const registry = await startNpmRegistry();
    const pack = folderWith({
      'package.json': '{"dependencies": {"tiny": "^1.0.0"}, "devDependencies": {"absent": "1.0.0"}}',
      '.npmrc': `registry=${registry.url}\n${registry.url.replace('http:', '')}:_authToken=a-token\n`,
      'act.js': script,
    });
    const { status, stdout, stderr, environment, run } = await install(pack);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'installed 1 packages\n', stderr: '' });
    expect(new Set(registry.asked)).toEqual(new Set(['Bearer a-token']));
    expect(readdirSync(join(environment, 'node_modules'))).toContain('tiny');
    expect(await run('act.js')).toEqual({ status: 0, stdout: 'tiny\n', stderr: '' });
  });

  test('a lock file that agrees is obeyed, one that does not is refused', async () => {
    const registry = await startNpmRegistry();
    const locked = (version: string) =>
      folderWith({
        'package.json': '{"name": "demo", "dependencies": {"tiny": "1.0.0"}}',
        'package-lock.json': lockFile(version, registry),
        '.npmrc': `registry=${registry.url}\n`,
        'act.js': script,
      });
    const good = await install(locked('1.0.0'));
    expect(good).toMatchObject({ status: 0, stderr: '' });
    expect(await good.run('act.js')).toMatchObject({ stdout: 'tiny\n' });
    const outdated = await install(locked('0.9.0'));
    expect(outdated).toMatchObject({ status: 1, stdout: '' });
    expect(outdated.stderr).toMatch(/do not agree on tiny@1\.0\.0: .*\(lock_file_outdated\)/);
  });

  test('packages of the pack itself are copied: the pack may be another one tomorrow, and is not written to', async () => {
    const pack = folderWith({
      'package.json': '{"dependencies": {"tiny": "file:./vendor/tiny", "packed": "file:packed.tgz"}}',
      'vendor/tiny/package.json': '{"name": "tiny", "version": "1.0.0"}',
      'vendor/tiny/index.js': 'exports.size = "own, " + require("packed");\n',
      'act.js': script,
    });
    const packed = {
      'package/package.json': '{"name": "packed", "version": "1.0.0"}',
      'package/index.js': 'module.exports = "packed";\n',
    };
    writeFileSync(join(pack, 'packed.tgz'), packPackage(packed));
    const before = readdirSync(pack);
    const { status, environment, run } = await install(pack);
    expect(status).toBe(0);
    expect(lstatSync(join(environment, 'node_modules/tiny')).isSymbolicLink()).toBe(false);
    expect(readdirSync(environment).toSorted()).toEqual([
      'node_modules',
      'package-lock.json',
      'package.json',
    ]);
    expect(readdirSync(pack)).toEqual(before);
    expect((await run('act.js')).stdout).toBe('own, packed\n');
  });

  test('scripts of packages are not run', async () => {
    const pack = folderWith({
      'package.json': '{"dependencies": {"tiny": "file:./tiny"}, "scripts": {"postinstall": "exit 1"}}',
      'tiny/package.json': '{"name": "tiny", "version": "1.0.0", "scripts": {"postinstall": "exit 1"}}',
    });
    expect(await install(pack)).toMatchObject({ status: 0, stderr: '' });
  });

  test('a package that is not there is named', async () => {
    const pack = folderWith({ 'package.json': '{"dependencies": {"tiny": "file:./missing.tgz"}}' });
    const { status, stderr } = await install(pack);
    expect(status).toBe(1);
    expect(stderr).toContain('missing.tgz');
  });
}

function lockFile(version: string, { url, integrity }: { readonly url: string; readonly integrity: string }) {
  const resolved = `${url}tiny.tgz`;
  const root = { name: 'demo', dependencies: { tiny: version } };
  return JSON.stringify({
    name: 'demo',
    lockfileVersion: 3,
    requires: true,
    packages: { '': root, 'node_modules/tiny': { version, resolved, integrity } },
  });
}
