import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actionView } from '../../../src/contract/api/action.ts';
import { packView } from '../../../src/contract/api/pack.ts';
import { pageOf } from '../../../src/contract/api/page.ts';
import { registerPackReply } from '../../../src/contract/api/register-pack.ts';
import { problem } from '../../../src/contract/problem.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { samplePack } from './support/packs.ts';
import { runningServer, type Answer, type RunningServer } from './support/running-server.ts';

/** The sample pack with a runtime that bears the same name in every pack. */
function withRuntime(pack: string): Readonly<Record<string, string>> {
  return { ...samplePack(pack), 'runtimes/bun.yaml': `ref: ${pack}.bun\nname: bun\n` };
}

describe.skipIf(!requires('postgres'))('registering packs', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await runningServer();
  });
  afterAll(() => server.drop());

  const register = (path: string): Promise<Answer> => server.post('/api/v1/packs/register', { path });

  test('a pack is copied, listed and shown', async () => {
    const folder = folderWith({
      ...samplePack('first'),
      'actions/run': { program: '#!/bin/sh\n' },
      'lib/a.txt': 'a',
    });
    const answer = await register(folder);

    expect(answer.status).toBe(201);
    expect(registerPackReply.strict().parse(answer.body)).toEqual({
      ref: 'first',
      version: '1.2.3',
      actions: ['first.echo', 'first.login', 'first.off'],
      runtimes: [],
      warnings: [],
    });
    const copy = `${server.packsFolder}/first`;
    expect(readFileSync(`${copy}/lib/a.txt`, 'utf8')).toBe('a');
    expect(statSync(`${copy}/actions/run`).mode & 0o777).toBe(0o755);
    expect(statSync(`${copy}/actions/echo.sh`).mode & 0o777).toBe(0o644);

    const pack = packView.parse((await server.get('/api/v1/packs/first')).body);
    const packs = pageOf(packView).parse((await server.get('/api/v1/packs')).body);
    const actions = pageOf(actionView).parse((await server.get('/api/v1/actions?pack=first')).body);
    expect(packs.items).toContainEqual(pack);
    expect(actions.items.map(({ ref }) => ref)).toEqual(['first.echo', 'first.login', 'first.off']);
    const action = actionView.parse((await server.get('/api/v1/actions/first.echo')).body);
    expect(action).toMatchObject({ pack: 'first', runtime: 'shell', timeout: 300 });
  });

  test('a new version takes the place of the old one, whose files stay for what runs in it', async () => {
    await register(folderWith(samplePack('second')));
    const before = realpathSync(`${server.packsFolder}/second`);
    const { 'actions/off.yaml': _removed, ...rest } = samplePack('second');
    await register(folderWith({ ...rest, 'actions/echo.sh': 'echo new\n' }));

    expect(readFileSync(`${server.packsFolder}/second/actions/echo.sh`, 'utf8')).toBe('echo new\n');
    expect(readFileSync(`${before}/actions/echo.sh`, 'utf8')).toBe('cat\n');
    expect((await server.get('/api/v1/actions/second.off')).status).toBe(404);

    await register(folderWith({ ...rest, 'actions/echo.sh': 'echo newest\n' }));
    expect(readFileSync(`${before}/actions/echo.sh`, 'utf8')).toBe('cat\n');
  });

  test('the same again changes nothing', async () => {
    await register(folderWith(samplePack('third')));
    const before = packView.parse((await server.get('/api/v1/packs/third')).body);
    const folder = realpathSync(`${server.packsFolder}/third`);
    await register(folderWith(samplePack('third')));

    const after = packView.parse((await server.get('/api/v1/packs/third')).body);
    expect(after).toEqual({ ...before, updated: after.updated });
    expect(realpathSync(`${server.packsFolder}/third`)).toBe(folder);
  });

  test('a folder among the packs is used in place', async () => {
    const folder = `${server.packsFolder}/resident`;
    execFileSync('cp', ['-r', folderWith(samplePack('resident')), folder]);

    expect((await register(folder)).status).toBe(201);
    expect(realpathSync(folder)).toBe(folder);

    // From elsewhere, the hand-made folder makes room for the link.
    expect((await register(folderWith(samplePack('resident')))).status).toBe(201);
    expect(realpathSync(folder)).not.toBe(folder);
  });

  test('a folder among the packs bears the name of its pack', async () => {
    const folder = `${server.packsFolder}/misnamed`;
    execFileSync('cp', ['-r', folderWith(samplePack('rightly-named')), folder]);

    expect(problem.parse((await register(folder)).body).violations).toEqual([
      {
        path: 'misnamed/pack.yaml',
        message: 'ref: "rightly-named" must be the name of its folder, "misnamed"',
      },
    ]);
  });

  test('a broken pack leaves the old one, and no copy', async () => {
    await register(folderWith(samplePack('steady')));
    const broken = {
      ...samplePack('steady'),
      'actions/echo.yaml': 'ref: steady.echo\nentry_point: ../../../etc/passwd\n',
    };
    const answer = await register(folderWith(broken));

    expect(answer.status).toBe(422);
    expect(problem.parse(answer.body)).toMatchObject({
      code: 'invalid_pack',
      violations: [
        { path: 'actions/echo.yaml:2:1', message: 'entry_point: must not lead out of the folder "actions"' },
      ],
    });
    expect((await server.get('/api/v1/actions/steady.echo')).status).toBe(200);
    expect(readdirSync(`${server.packsFolder}/.incoming`)).toEqual([]);
  });

  test('a pipe in the place of a file blocks nobody', async () => {
    const folder = folderWith(samplePack('piped'));
    execFileSync('mkfifo', [`${folder}/actions/pipe.yaml`]);

    expect(problem.parse((await register(folder)).body).violations).toEqual([
      { path: 'actions/pipe.yaml', message: 'is neither file nor folder nor link: remove it' },
    ]);
  });

  test('many registrations of one pack at a time end in one of them', async () => {
    const folders = Array.from({ length: 6 }, (_, index) =>
      folderWith({ ...samplePack('busy'), 'lib/number': String(index) }),
    );
    const answers = await Promise.all(folders.map(register));

    expect(answers.map(({ status }) => status)).toEqual(folders.map(() => 201));
    const { digest } = packView.parse((await server.get('/api/v1/packs/busy')).body);
    expect(realpathSync(`${server.packsFolder}/busy`)).toBe(
      `${server.packsFolder}/.versions/busy/${digest.slice(0, 16)}`,
    );
    expect(existsSync(`${server.packsFolder}/busy/lib/number`)).toBe(true);
  });

  test('an action for a runtime that nobody has is taken with a warning', async () => {
    const folder = folderWith({
      ...samplePack('exotic'),
      'actions/old.yaml': 'ref: exotic.old\nentry_point: old.cbl\nrunner_type: cobol\n',
      'actions/old.cbl': '',
    });

    expect(registerPackReply.parse((await register(folder)).body).warnings).toEqual([
      {
        path: 'actions/old.yaml:3:1',
        message: 'runner_type: no runtime "cobol" is known yet; executions wait until a worker offers it',
      },
    ]);
  });

  test('a runtime of another pack is not taken over', async () => {
    expect((await register(folderWith(withRuntime('owner')))).status).toBe(201);
    const answer = await register(folderWith(withRuntime('thief')));

    expect(problem.parse(answer.body)).toMatchObject({ status: 409, code: 'duplicate_runtime' });
    expect((await server.get('/api/v1/packs/thief')).status).toBe(404);
  });

  test('a pack file that is no text', async () => {
    const folder = folderWith(samplePack('binary'));
    writeFileSync(`${folder}/pack.yaml`, Buffer.from([0xff, 0xfe, 0x00]));

    expect(problem.parse((await register(folder)).body).violations).toContainEqual({
      path: 'pack.yaml',
      message: 'is not UTF-8 text: save it as UTF-8',
    });
  });
});
