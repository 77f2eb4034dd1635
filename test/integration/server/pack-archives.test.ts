import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packView } from '../../../src/contract/api/pack.ts';
import { registerPackReply } from '../../../src/contract/api/register-pack.ts';
import { problem } from '../../../src/contract/problem.ts';
import { folderWith, type Content } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { samplePack } from './support/packs.ts';
import { runningServer, type RunningServer } from './support/running-server.ts';

type Files = Readonly<Record<string, Content>>;

/** An archive of these files, as `tar` makes it. */
function archiveOf(files: Files, ...options: readonly string[]): Buffer {
  const file = join(folderWith({}), 'archive');
  execFileSync('tar', [...options, '-cf', file, '-C', folderWith(files), '.']);
  return readFileSync(file);
}

describe.skipIf(!requires('postgres'))('packs as archives', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await runningServer({ ATTUNE__SERVER__BODY_LIMIT: '1024' });
  });
  afterAll(() => server.drop());

  const upload = async (archive: Buffer, type = 'application/gzip') => {
    const response = await fetch(`${server.url}/api/v1/packs/upload`, {
      method: 'POST',
      body: new Uint8Array(archive),
      headers: { 'content-type': type },
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const show = async (ref: string) => packView.parse((await server.get(`/api/v1/packs/${ref}`)).body);
  const download = (path: string, options: RequestInit = {}) =>
    fetch(`${server.url}/api/v1/packs/${path}`, options);

  /** The file `lib/a` of a pack that is downloaded. */
  const downloadedFile = async (path: string, digest: string) => {
    const response = await download(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe(`"${digest}"`);
    const folder = folderWith({});
    execFileSync('tar', ['-xz', '-C', folder], { input: Buffer.from(await response.arrayBuffer()) });
    return readFileSync(join(folder, 'lib/a'), 'utf8');
  };
  test('an archive that is uploaded is registered like a folder', async () => {
    const files = { ...samplePack('uploaded'), 'actions/run': { program: '#!/bin/sh\n' } };
    const { status, body } = await upload(archiveOf(files, '--gzip'));

    expect(status).toBe(201);
    expect(registerPackReply.strict().parse(body)).toMatchObject({ ref: 'uploaded', version: '1.2.3' });
    const { digest } = await show('uploaded');
    await server.post('/api/v1/packs/register', { path: folderWith(files) });
    expect((await show('uploaded')).digest).toBe(digest);
    expect(readFileSync(`${server.packsFolder}/uploaded/actions/run`, 'utf8')).toBe('#!/bin/sh\n');
    expect(readdirSync(`${server.packsFolder}/.incoming`)).toEqual([]);
  });

  test.each([
    ['tar', 'application/x-tar', []],
    ['gzip by another name', 'application/octet-stream', ['--gzip']],
  ])('as %s', async (_, type, options) => {
    expect((await upload(archiveOf(samplePack('kinds'), ...options), type)).status).toBe(201);
  });

  test('also where it holds one folder that is the pack', async () => {
    const folder = folderWith({});
    mkdirSync(join(folder, 'wrapped-1.0'));
    for (const [name, text] of Object.entries(samplePack('wrapped'))) {
      mkdirSync(join(folder, 'wrapped-1.0/actions'), { recursive: true });
      writeFileSync(join(folder, 'wrapped-1.0', name), text);
    }
    const archive = execFileSync('tar', ['-czf', '-', '-C', folder, 'wrapped-1.0']);
    expect((await upload(archive)).status).toBe(201);
  });

  test('also where it is larger than other bodies may be', async () => {
    const large = { ...samplePack('large'), 'lib/data': randomBytes(2_000_000).toString('hex') };
    expect((await upload(archiveOf(large, '--gzip'))).status).toBe(201);
  });

  test('a client that goes while it uploads leaves nothing', async () => {
    const archive = archiveOf({ ...samplePack('torn'), 'lib/data': randomBytes(100_000).toString('hex') });
    const incoming = () => readdirSync(`${server.packsFolder}/.incoming`);
    const request = httpRequest(`${server.url}/api/v1/packs/upload`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-tar', 'content-length': archive.length },
    });
    request.on('error', () => undefined);
    request.write(archive.subarray(0, 60_000));
    await expect.poll(incoming).toHaveLength(1);
    request.destroy();
    await expect.poll(incoming).toEqual([]);
    expect((await server.get('/api/v1/packs/torn')).status).toBe(404);
  });

  test('everything that is wrong with it is named at once, and nothing stays', async () => {
    const broken = { 'pack.yaml': 'ref: Broken!\nversion: one\n', 'actions/a.yaml': 'ref: broken.a\n' };
    const { status, body } = await upload(archiveOf(broken, '--gzip'));

    expect(status).toBe(422);
    const { code, violations } = problem.parse(body);
    expect(code).toBe('invalid_pack');
    expect(violations?.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['pack.yaml:1:1', 'pack.yaml:2:1', 'actions/a.yaml:1:1']),
    );
    expect(readdirSync(`${server.packsFolder}/.incoming`)).toEqual([]);
  });

  test.each([
    ['no archive', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused', async (_, archive) => {
    const answer = await upload(archive);
    expect(answer.status).toBe(422);
    expect(problem.parse(answer.body)).toMatchObject({ code: 'invalid_pack' });
  });

  test.each(['application/json', 'application/zip'])('a body of type %s is refused', async (type) => {
    const answer = await upload(Buffer.from('{}'), type);
    expect(answer.status).toBe(415);
    expect(problem.parse(answer.body)).toMatchObject({ code: 'unsupported_media_type' });
  });

  test('a link that leads out is refused', async () => {
    const { body } = await upload(archiveOf({ ...samplePack('linking'), 'lib/out': { link: '../..' } }));
    expect(problem.parse(body).violations).toMatchObject([
      { path: 'lib/out', message: 'is a link to "../..": links must be relative and stay inside the pack' },
    ]);
  });

  test('what is registered can be downloaded, as it is and as it was', async () => {
    await upload(archiveOf({ ...samplePack('stored'), 'lib/a': 'one' }, '--gzip'));
    const before = await show('stored');
    await upload(archiveOf({ ...samplePack('stored'), 'lib/a': 'two' }, '--gzip'));
    const after = await show('stored');

    expect(await downloadedFile('stored/archive', after.digest)).toBe('two');
    expect(await downloadedFile(`stored/archive?digest=${before.digest}`, before.digest)).toBe('one');
  });

  test('a download that is known already is not sent, nor to who asks for its headers', async () => {
    await upload(archiveOf(samplePack('known'), '--gzip'));
    const { digest } = await show('known');
    const known = await download('known/archive', { headers: { 'if-none-match': `"${digest}"` } });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const head = await download('known/archive', { method: 'HEAD' });
    const whole = await download('known/archive');
    expect(head.headers.get('content-length')).toBe(String((await whole.arrayBuffer()).byteLength));
  });

  test.each(['nobody/archive', 'stored/archive?digest=00', 'nobody/archive?digest=00'])(
    '%s is not there',
    async (path) => {
      const response = await download(path);
      expect([response.status, problem.parse(await response.json()).code]).toEqual([
        404,
        'unknown_pack_archive',
      ]);
    },
  );

  test('many servers that share a folder and register one pack at once end in one of its revisions', async () => {
    const [one, ...others] = await Promise.all(
      [1, 2, 3].map(() =>
        runningServer({
          ATTUNE__DATABASE__URL: server.databaseUrl,
          ATTUNE_PACKS_BASE_DIR: server.packsFolder,
        }),
      ),
    );
    const servers = [one, ...others].filter((running) => running !== undefined);
    try {
      const registrations = servers.flatMap((running, index) =>
        [0, 1, 2].map((number) => {
          const path = folderWith({ ...samplePack('raced'), 'lib/number': `${index} ${number}` });
          return running.post('/api/v1/packs/register', { path });
        }),
      );
      expect((await Promise.all(registrations)).map(({ status }) => status)).toEqual(
        registrations.map(() => 201),
      );
      const { digest } = await show('raced');
      const link = realpathSync(`${server.packsFolder}/raced`);
      expect(link).toBe(`${server.packsFolder}/.versions/raced/${digest.slice(0, 16)}`);
      expect(existsSync(`${link}/lib/number`)).toBe(true);
    } finally {
      await Promise.all(servers.map((running) => running.drop()));
    }
  });
});
