import { join } from 'node:path';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { executionView } from '../../../../src/contract/api/execution.ts';
import { pageOf } from '../../../../src/contract/api/page.ts';
import { workerView } from '../../../../src/contract/api/worker.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { startSystem, type TestSystem } from '../../../support/system.ts';
import { attune, startAttune, type Circumstances, type Ended } from '../attune.ts';

const echo = `
ref: test.echo
entry_point: echo.sh
parameters:
  text: { type: string }
  count: { type: integer }
  token: { type: string, secret: true }
output_format: json
`;
const ending = (name: string, timeout = 30) =>
  `ref: test.${name}\nentry_point: ${name}.sh\ntimeout: ${timeout}\n`;

const actions = {
  'echo.yaml': echo,
  'echo.sh': 'echo "reading" >&2; cat',
  'fail.yaml': ending('fail'),
  'fail.sh': 'echo out; echo err >&2; exit 7',
  'signal.yaml': ending('signal'),
  'signal.sh': 'kill -SEGV $$',
  'slow.yaml': ending('slow', 1),
  'slow.sh': 'exec sleep 60',
  'wait.yaml': ending('wait', 60),
  'wait.sh': 'echo waiting; exec sleep 60',
  'cobol.yaml': `${ending('cobol')}runner_type: cobol\n`,
  'cobol.sh': '',
};

type Attune = (words: string[], circumstances?: Circumstances) => Promise<Ended>;

function commandFor({ url }: TestSystem): Attune {
  return (words, { environment = {}, ...rest } = {}) =>
    attune(words, { environment: { ATTUNE_API_URL: url, ...environment }, ...rest });
}

describe.skipIf(!requires('postgres'))('attune with a server and a worker', () => {
  test('run --follow shows the log and ends as the action ends', async () => {
    const system = await startSystem('postgresql');
    await system.startAgent();
    await system.register(actions);
    const run = commandFor(system);

    const environment = { ATTUNE_API_URL: system.url };
    const failed = await startAttune(['run', 'test.fail', '--follow'], { environment }).ended;
    expect(failed).toMatchObject({ status: 7, stdout: 'out\n' });
    expect(failed.stderr).toMatch(/^err\nexecution 1 failed after .*\(exit code 7/);
    expect(await run(['run', 'test.signal', '-f'])).toMatchObject({ status: 139 });
    expect(await run(['run', 'test.slow', '-f'])).toMatchObject({ status: 124 });

    const words = ['run', 'test.echo', 'text=3', 'count=3', 'token=hush-hush', '--follow', '--json'];
    const json = await run(words);
    const view = executionView.parse(JSON.parse(json.stdout));
    expect(view).toMatchObject({ state: 'completed', parameters: { text: '3', count: 3, token: '***' } });
    expect(view.result?.data).toEqual({ text: '3', count: 3, token: '***' });
    expect(json.stderr).toMatch(/reading\n/);
    expect(json.stderr).not.toContain('hush-hush');
  });

  test('an execution is tried again, its tries are listed, and it is run once more with its secrets', async () => {
    const system = await startSystem('postgresql');
    await system.startAgent();
    await system.register(actions);
    const run = commandFor(system);

    expect(await run(['run', 'test.fail', '--max-attempts', '2', '-f'])).toMatchObject({ status: 7 });
    const tries = await run(['execution', 'attempts', '1']);
    expect(tries.stdout).toMatch(/^EPOCH .*\n1 +failed .*exit code 7.*\n2 +failed/);
    expect(await run(['execution', 'logs', '1', '--epoch', '1'])).toMatchObject({ stdout: 'out\n' });
    expect(await run(['execution', 'logs', '1', '--epoch', '1', '-f'])).toMatchObject({ status: 2 });

    await run(['run', 'test.echo', 'text=a', 'token=hush-hush', '-f']);
    expect(await run(['execution', 'retry', '2'])).toMatchObject({ stdout: 'Execution 3 repeats 2.\n' });
    const repeated = await system.reaches(3);
    expect(repeated).toMatchObject({ state: 'completed', retry_of: 2, parameters: { token: '***' } });
    expect(repeated.result?.data).toEqual({ text: 'a', token: '***' });
    await run(['run', 'test.cobol']);
    const refused = await run(['execution', 'retry', '4']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('only one that has ended can be run again');
  });

  test('keys are stored, listed and removed, and never shown', async () => {
    const system = await startSystem('postgresql');
    const run = commandFor(system);
    const folder = folderWith({ 'url.txt': 'https://ada:hush-hush@pypi.example\n' });

    const unknown = await run(['key', 'remove', 'company.pypi']);
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain('unknown_key');
    const piped = await run(['key', 'set', 'company.pypi'], { input: 'hush-hush\n' });
    expect(piped).toMatchObject({ status: 0, stdout: 'Key company.pypi is stored\n' });
    const replaced = await run(['key', 'set', 'company.pypi', '--file', join(folder, 'url.txt'), '--json']);
    const listed = await run(['key', 'list', '--json']);
    expect(replaced).toMatchObject({ status: 0 });
    expect(listed.stdout).toContain('company.pypi');
    expect(`${replaced.stdout}${listed.stdout}`).not.toContain('hush');
    expect(await run(['key', 'set', 'company.pypi'])).toMatchObject({ status: 1 });
    expect(await run(['key', 'remove', 'company.pypi'])).toMatchObject({ status: 0 });
    expect(await run(['key', 'list'])).toMatchObject({ stderr: 'There are none.\n' });
  });

  test('run takes parameters from a file, standard input and words, and shows what is wrong with them', async () => {
    const system = await startSystem('postgresql');
    await system.register(actions);
    const run = commandFor(system);
    const folder = folderWith({ 'p.yaml': 'text: from file\ncount: 1\n', 'text.txt': 'line\n' });

    const merged = await run([
      'run',
      'test.echo',
      '--params-file',
      join(folder, 'p.yaml'),
      'count:=2',
      '--json',
    ]);
    expect(executionView.parse(JSON.parse(merged.stdout)).parameters).toEqual({
      text: 'from file',
      count: 2,
    });
    const piped = await run(
      ['run', 'test.echo', '--params-file', '-', `text=@${folder}/text.txt`, '--json'],
      {
        input: '{"count": 5}',
      },
    );
    expect(executionView.parse(JSON.parse(piped.stdout)).parameters).toEqual({ text: 'line\n', count: 5 });

    const wrong = await run(['run', 'test.echo', 'count=many', 'size=3']);
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^error: .*\(invalid_parameters\)\n(  parameters\.\w+: .*\n){2}$/);
    for (const words of [['count:={'], ['text=@/no/such/file'], ['--params-file', '/no/such/file'], ['text']])
      expect(await run(['run', 'test.echo', ...words])).toMatchObject({ status: 2, stdout: '' });
    expect(await run(['run', 'test.nothing'])).toMatchObject({ status: 1, stdout: '' });

    const plain = await run(['run', 'test.echo']);
    expect(plain).toMatchObject({ status: 0, stdout: `3 ${system.url}/api/v1/executions/3\n` });
  });

  test('Ctrl-C cancels the execution first and leaves it then', async () => {
    const system = await startSystem('postgresql');
    await system.startAgent();
    await system.register(actions);
    const environment = { ATTUNE_API_URL: system.url };

    const cancelled = startAttune(['run', 'test.wait', '-f'], { environment });
    await new Promise((resolve) => cancelled.process.stdout?.once('data', resolve));
    cancelled.process.kill('SIGINT');
    const ended = await cancelled.ended;
    expect(ended.status).toBe(130);
    expect(ended.stderr).toMatch(/Cancelling execution 1.*\nexecution 1 cancelled/);
    expect(await system.show(1)).toMatchObject({ state: 'cancelled' });
  });

  test('lists, shows and cancels', async () => {
    const system = await startSystem('postgresql');
    await system.startAgent({ ATTUNE_WORKER_NAME: 'worker-of-test' });
    await system.register(actions);
    const run = commandFor(system);
    await run(['run', 'test.cobol']);
    await run(['run', 'test.fail', '--follow']);

    const list = await run(['execution', 'list']);
    expect(list.stdout).toMatch(
      /^ID +ACTION +STATE +AGE +RAN +WORKER +END\n2 +test\.fail +failed .*\n1 +test\.cobol +requested .*cobol/,
    );
    const filtered = await run(['execution', 'list', '--state', 'failed', '--json']);
    const page = pageOf(executionView).parse(JSON.parse(filtered.stdout));
    expect(page.items.map(({ id }) => id)).toEqual([2]);
    const first = await run(['execution', 'list', '--limit', '1']);
    expect(first.stderr).toMatch(/There are more/);

    expect((await run(['execution', 'show', '1'])).stdout).toMatch(
      /Waiting: +execution 1 waits for a worker: .*cobol/,
    );
    expect(await run(['execution', 'logs', '2'])).toMatchObject({
      status: 0,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    const lines = (await run(['execution', 'logs', '2', '-f', '--json'])).stdout.trim().split('\n');
    const runs = lines.map((line) =>
      z.object({ stream: z.string(), text: z.string() }).parse(JSON.parse(line)),
    );
    expect(runs.toSorted((a, b) => a.stream.localeCompare(b.stream))).toEqual([
      { stream: 'stderr', text: 'err\n' },
      { stream: 'stdout', text: 'out\n' },
    ]);
    expect((await run(['execution', 'cancel', '1'])).stdout).toBe('Execution 1 is cancelled.\n');
    expect(await run(['execution', 'show', '99'])).toMatchObject({ status: 1 });

    expect((await run(['worker', 'list'])).stdout).toMatch(/worker-of-test +shell-\w+ +online +0\/4 .*shell/);
    const cordoned = await run(['worker', 'cordon', 'worker-of-test', '--json']);
    expect(workerView.parse(JSON.parse(cordoned.stdout))).toMatchObject({
      name: 'worker-of-test',
      cordoned: true,
    });
    expect((await run(['worker', 'uncordon', '1'])).stdout).toBe(
      'Worker 1 (worker-of-test) is uncordoned.\n',
    );
    expect((await run(['worker', 'show', 'nobody'])).stderr).toMatch(/No worker is named nobody/);
    expect((await run(['pool', 'list'])).stdout).toMatch(/^POOL +WORKERS +SLOTS/);
    expect((await run(['runtime', 'list'])).stdout).toMatch(/^shell /m);
    expect((await run(['action', 'list', '--pack', 'test'])).stdout).toMatch(/^test\.echo +shell/m);
    expect((await run(['action', 'show', 'test.echo'])).stdout).toMatch(/^token +string +secret/m);
    expect((await run(['pack', 'list'])).stdout).toMatch(/^test +1\.0\.0/m);
    expect((await run(['pack', 'show', 'test'])).stdout).toMatch(/^Version: +1\.0\.0$/m);
  });

  test('pack register tells of everything that is wrong with a pack', async () => {
    const system = await startSystem('postgresql');
    const folder = folderWith({ 'pack.yaml': 'ref: Bad Ref\nversion: one\n' });
    const { status, stderr } = await commandFor(system)(['pack', 'register', folder]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/pack\.yaml:1.*ref/);
    expect(stderr).toMatch(/pack\.yaml:2.*version/);
  });

  test('a token is taken from the environment or a file', async () => {
    const token = 'a-token-for-this-test';
    const system = await startSystem('postgresql', { ATTUNE__SECURITY__API_TOKEN: token });
    const run = commandFor(system);
    const refused = await run(['pack', 'list']);
    expect(refused.stderr).toMatch(/ATTUNE_API_TOKEN/);
    expect(refused.status).toBe(1);
    const file = join(folderWith({ token: `${token}\n` }), 'token');
    for (const environment of [{ ATTUNE_API_TOKEN: token }, { ATTUNE_API_TOKEN_FILE: file }])
      expect(await run(['pack', 'list'], { environment })).toMatchObject({ status: 0 });
  });
});
