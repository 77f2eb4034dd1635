import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packView } from '../../../../src/contract/api/pack.ts';
import { folderWith } from '../../../support/folder.ts';
import { repositoryWith } from '../../../support/git.ts';
import { shellPack } from '../../../support/packs.ts';
import { requires } from '../../../support/requires.ts';
import { startSystem } from '../../../support/system.ts';
import { attune, startAttune } from '../attune.ts';

const files = {
  'pack.yaml': 'ref: demo\nversion: 1.0.0\n',
  'actions/act.yaml': 'ref: demo.act\nentry_point: act.sh\n',
  'actions/act.sh': { program: 'echo first\n' },
};

/** A command for a server of this test's own, with a folder for temporary files. */
async function withServer() {
  const { url } = await startSystem('postgresql');
  const temporary = folderWith({});
  const environment = { ATTUNE_API_URL: url, PATH: process.env['PATH'] ?? '', TMPDIR: temporary };
  return (...words: string[]) => attune(words, { environment });
}

/** A server that takes requests and answers none. */
async function silentServer() {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createServer(() => resolve()).listen(0, '127.0.0.1');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
}

describe.skipIf(!requires('postgres'))('attune pack register', () => {
  test('takes a folder, and an archive of one', async () => {
    const run = await withServer();
    const folder = shellPack('', 'extra: 1\n');
    const fromFolder = await run('pack', 'register', folder);
    expect(fromFolder.stdout).toBe('Pack demo 0.1.0 with 1 action:\n  demo.act\n');
    expect(fromFolder.stderr).toContain('warning: actions/act.yaml:3:1: extra: ');
    const digest = async () =>
      packView.parse(JSON.parse((await run('pack', 'show', 'demo', '--json')).stdout)).digest;
    const first = await digest();

    for (const [name, option] of [
      ['demo.tar', '-cf'],
      ['demo.tgz', '-czf'],
    ] as const) {
      const archive = join(folderWith({}), name);
      execFileSync('tar', [option, archive, '-C', folder, '.']);
      expect(await run('pack', 'register', archive, '--json')).toMatchObject({ status: 0, stderr: '' });
    }
    expect(await digest()).toBe(first);
  });

  test('says that a path may be one of the server, and takes it as such', async () => {
    const run = await withServer();
    const { status, stderr } = await run('pack', 'register', '/none/here');
    expect(stderr).toContain(
      "A folder of the server's machine is meant by: attune pack register --on-server /none/here",
    );
    expect(status).toBe(1);
    expect(await run('pack', 'register', '--on-server', '/none/here')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('does not exist') as unknown,
    });
    expect(await run('pack', 'register', '--on-server', shellPack(''))).toMatchObject({ status: 0 });
  });

  test('downloads what was registered, as it is and as it was', async () => {
    const run = await withServer();
    const folder = shellPack('echo first\n');
    await run('pack', 'register', folder);
    const file = join(folderWith({}), 'demo.tar.gz');
    const { stdout } = await run('pack', 'archive', 'demo', '-o', file);
    expect(stdout).toMatch(/demo\.tar\.gz: \d+ bytes, digest [0-9a-f]{64}\n$/);
    expect(execFileSync('tar', ['-xzOf', file, 'actions/act.sh']).toString()).toBe('echo first\n');
    const unknown = await run('pack', 'archive', 'demo', '--digest', 'f00', '-o', file);
    expect(unknown).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('unknown_pack_archive') as unknown,
    });
    expect(readdirSync(join(file, '..'))).toEqual(['demo.tar.gz']);
  });

  describe.skipIf(!requires('git'))('from git', () => {
    test('takes what the repository says itself, a branch, a tag and a commit', async () => {
      const run = await withServer();
      const { git, folder, url } = repositoryWith(files);
      git('tag', 'v1');
      const first = git('rev-parse', 'HEAD');
      writeFileSync(join(folder, 'pack.yaml'), 'ref: demo\nversion: 2.0.0\n');
      git('commit', '--quiet', '--all', '--message=second');
      git('switch', '--quiet', '--create', 'feature/three');
      writeFileSync(join(folder, 'pack.yaml'), 'ref: demo\nversion: 3.0.0\n');
      git('commit', '--quiet', '--all', '--message=third');
      git('switch', '--quiet', 'main');

      for (const [ref, version] of [
        ['', '2.0.0'],
        ['#v1', '1.0.0'],
        ['#feature/three', '3.0.0'],
        [`#${first}`, '1.0.0'],
        [`#${first.slice(0, 9)}`, '1.0.0'],
      ]) {
        const { status, stdout, stderr } = await run('pack', 'register', `${url}${ref}`);
        expect({ status, stdout, stderr }).toEqual({
          status: 0,
          stdout: `Pack demo ${version} with 1 action:\n  demo.act\n`,
          stderr: '',
        });
      }
    });

    test('takes a folder of the repository, and none outside of it', async () => {
      const run = await withServer();
      const inner = Object.fromEntries(
        Object.entries(files).map(([path, content]) => [`packs/demo/${path}`, content]),
      );
      const { url } = repositoryWith({ ...inner, out: { link: '/etc' } });
      expect(await run('pack', 'register', url, '--subfolder', 'packs/demo')).toMatchObject({ status: 0 });
      for (const [subfolder, message] of [
        ['../..', 'leads out of the repository'],
        ['out', 'leads out of the repository'],
        ['none', 'The repository has no folder none'],
      ] as const) {
        const { stderr } = await run('pack', 'register', url, '--subfolder', subfolder);
        expect(stderr).toContain(message);
      }
    });

    test.each([
      ['#no-such-branch', "couldn't find remote ref no-such-branch"],
      ['#abcdef1234', 'abcdef1234'],
      ['#-x', 'is no branch, tag or commit'],
    ])('%s is told as it is', async (ref, message) => {
      const { url } = repositoryWith(files);
      const { status, stdout, stderr } = await attune(['pack', 'register', `${url}${ref}`], {
        environment: { ATTUNE_API_URL: 'http://127.0.0.1:1', PATH: process.env['PATH'] ?? '' },
      });
      expect(stderr).toContain(message);
      expect({ status, stdout }).toEqual({ status: ref === '#-x' ? 2 : 1, stdout: '' });
    });

    test('Ctrl-C ends it, and leaves nothing of what was fetched', async () => {
      const { url } = repositoryWith(files);
      const [temporary, server] = [folderWith({}), await silentServer()];
      const { process: child, ended } = startAttune(['pack', 'register', url], {
        environment: { ATTUNE_API_URL: server.url, TMPDIR: temporary },
      });
      await server.asked;
      child.kill('SIGINT');
      expect(await ended).toEqual({ status: 130, stdout: '', stderr: '' });
      expect(readdirSync(temporary)).toEqual([]);
    });

    test('shows a token to the host alone, and asks for none', async () => {
      const asked: (string | undefined)[] = [];
      const server = createServer(({ headers }, response) => {
        asked.push(headers.authorization);
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      }).listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const { status, stderr } = await attune(
        ['pack', 'register', `http://me:s3cr3t@127.0.0.1:${port}/a.git`],
        {
          environment: { ATTUNE_API_URL: 'http://127.0.0.1:1', PATH: process.env['PATH'] ?? '' },
        },
      );
      expect(asked[0]).toBe(`Basic ${Buffer.from('me:s3cr3t').toString('base64')}`);
      expect(stderr).toMatch(/git could not fetch http:\/\/127\.0\.0\.1:\d+\/a\.git: .*\(git_failed\)/s);
      expect(stderr).not.toContain('s3cr3t');
      expect(status).toBe(1);
    });
  });
});
