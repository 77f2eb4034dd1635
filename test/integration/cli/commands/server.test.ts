import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { attune, startAttune, type Started } from '../attune.ts';

async function urlOf({ process: child, ended }: Started): Promise<string> {
  let said = '';
  const url = new Promise<string>((resolve) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const match = /Attune listens on (http:\S+)\. /.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
  });
  const early = ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`)));
  return Promise.race([url, early]);
}

test('attune server brings its own PostgreSQL, keeps its data, and leaves no process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-server-'));
  await chmod(folder, 0o711);
  onTestFinished(() => rm(folder, { recursive: true }));
  const words = ['server', '--server-port', '0', '--data-dir', folder];
  const pack = join(import.meta.dirname, '../../../../examples/packs/example');

  const first = startAttune(words);
  const environment = { ATTUNE_API_URL: await urlOf(first) };
  expect(await attune(['pack', 'register', pack], { environment })).toMatchObject({ status: 0 });
  expect(await attune(['run', 'example.greet_secretly', 'token=0123456789'], { environment })).toMatchObject({
    status: 0,
  });
  first.process.kill('SIGINT');
  expect(await first.ended).toMatchObject({ status: 0 });

  const second = startAttune(words);
  const again = { ATTUNE_API_URL: await urlOf(second) };
  expect((await attune(['execution', 'list'], { environment: again })).stdout).toContain(
    'example.greet_secretly',
  );
  second.process.kill('SIGTERM');
  const { status, stderr, stdout } = await second.ended;
  expect(status).toBe(0);
  expect(stderr).toContain(`attune-agent --config ${folder}/agent.yaml`);
  expect(stdout + stderr).not.toMatch(/postgres:\/\/\w+:\w/);
});

test('attune server says what is wrong with ATTUNE_CA_BUNDLE before anything is started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { status, stderr } = await attune([
    'server',
    '--data-dir',
    folder,
    '--ca-bundle',
    '/nonexistent/ca.pem',
  ]);
  expect(status).toBe(2);
  expect(stderr).toContain('/nonexistent/ca.pem');
  expect(await readdir(folder)).toEqual([]);
});
