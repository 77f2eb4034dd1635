import { createHash } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { agentInfo } from '../../../src/contract/api/agent-info.ts';
import { problem } from '../../../src/contract/problem.ts';
import { requires } from '../../support/requires.ts';
import { agentFolder, download, type Download } from './support/agent-folder.ts';
import { runningServer, type RunningServer } from './support/running-server.ts';

const token = 'a-token-for-downloads';
/** Packs well, and is larger than any buffer on its way. */
const agent = Buffer.from('attune '.repeat(200_000));
const signature = Buffer.alloc(64, 7);

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function configured(folder: string): Promise<RunningServer> {
  return runningServer({
    ATTUNE__AGENT__BINARY_DIR: folder,
    ATTUNE__AGENT__BOOTSTRAP_TOKEN: token,
    ATTUNE__SECURITY__API_TOKEN: 'another token, for clients',
  });
}

describe.skipIf(!requires('postgres'))('the download of the agent', () => {
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    folder = agentFolder(agent);
    writeFileSync(join(folder, 'attune-agent-x86_64.sig'), signature);
    server = await configured(folder);
  });
  afterAll(async () => {
    await server.drop();
    rmSync(folder, { recursive: true });
  });

  const ask = (headers: Readonly<Record<string, string>> = {}): Promise<Download> =>
    download(`${server.url}/api/v1/agent/binary?arch=x86_64`, { 'x-agent-token': token, ...headers });

  test('brings the file, and says what it must be', async () => {
    const { status, headers, body } = await ask();

    expect(status).toBe(200);
    expect(body.equals(agent)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(agent.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      etag: `"${sha256(agent)}"`,
      'x-agent-sha256': sha256(agent),
      'x-agent-size': String(agent.length),
      'x-agent-signature': signature.toString('base64'),
    });
    expect(headers).not.toHaveProperty('content-encoding');
  });

  test('says the same without a token to who only wants to know', async () => {
    const { body } = await server.get('/api/v1/agent/info');
    expect(agentInfo.strict().parse(body).architectures).toEqual({
      x86_64: { size: agent.length, sha256: sha256(agent), signature: signature.toString('base64') },
    });
  });

  test('HEAD tells the same and brings nothing', async () => {
    const { status, headers, body } = await ask({ method: 'HEAD' });
    expect({ status, length: headers['content-length'], body: body.length }).toEqual({
      status: 200,
      length: String(agent.length),
      body: 0,
    });
  });

  test('x86_64 is what is meant where no architecture is named', async () => {
    const { status, body } = await download(`${server.url}/api/v1/agent/binary`, { 'x-agent-token': token });
    expect([status, sha256(body)]).toEqual([200, sha256(agent)]);
  });

  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'zstd', zstdDecompressSync],
    ['gzip;q=1, zstd;q=0.5', 'gzip', gunzipSync],
    ['zstd;q=0, gzip;q=0', undefined, (bytes: Buffer) => bytes],
    ['br', undefined, (bytes: Buffer) => bytes],
    ['identity', undefined, (bytes: Buffer) => bytes],
  ])('Accept-Encoding %s is answered with %s', async (accepted, encoding, decode) => {
    const { headers, body } = await ask({ 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['vary']).toBe('accept-encoding');
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['x-agent-sha256']).toBe(sha256(agent));
    expect(decode(body).equals(agent)).toBe(true);
  });

  test.each(['identity', 'gzip', 'zstd'])(
    'a download of %s that broke off goes on where it was',
    async (encoding) => {
      const whole = await ask({ 'accept-encoding': encoding });
      const etag = String(whole.headers['etag']);
      const rest = await ask({ 'accept-encoding': encoding, range: 'bytes=100-', 'if-range': etag });

      expect(rest.status).toBe(206);
      expect(rest.headers['content-range']).toBe(`bytes 100-${whole.body.length - 1}/${whole.body.length}`);
      expect(Buffer.concat([whole.body.subarray(0, 100), rest.body]).equals(whole.body)).toBe(true);
    },
  );

  test('one that began with another file starts again', async () => {
    const { status, body } = await ask({ range: 'bytes=100-', 'if-range': '"older"' });
    expect([status, body.length]).toEqual([200, agent.length]);
  });

  test('a range behind the end is a problem that everybody can read', async () => {
    const { status, headers, body } = await ask({
      range: `bytes=${agent.length}-`,
      'accept-encoding': 'identity;q=0.5, gzip;q=0.1',
    });
    expect([status, headers['content-range']]).toEqual([416, `bytes */${agent.length}`]);
    expect(problem.parse(JSON.parse(body.toString())).code).toBe('range_not_satisfiable');
  });

  test('so is one of a compressed file', async () => {
    const { status, headers, body } = await ask({ range: 'bytes=9999999-', 'accept-encoding': 'gzip' });
    expect(status).toBe(416);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('content-disposition');
    expect(problem.parse(JSON.parse(body.toString())).code).toBe('range_not_satisfiable');
  });

  test('who has it already gets no second one', async () => {
    const { headers } = await ask({ 'accept-encoding': 'gzip' });
    const again = await ask({ 'accept-encoding': 'gzip', 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, headers['etag']]);
    expect((await ask({ 'if-none-match': String(headers['etag']) })).status).toBe(200);
  });

  test.for<[string, string, Record<string, string>, number, string]>([
    ['no token', '?arch=x86_64', {}, 401, 'wrong_agent_token'],
    ['a wrong token', '?arch=x86_64', { 'x-agent-token': `${token}x` }, 401, 'wrong_agent_token'],
    ['a token in the query', `?arch=x86_64&token=${token}`, {}, 401, 'wrong_agent_token'],
    [
      'the token of the API',
      '',
      { authorization: 'Bearer another token, for clients' },
      401,
      'wrong_agent_token',
    ],
    ['an unknown architecture', '?arch=s390x', { 'x-agent-token': token }, 400, 'invalid_request'],
    ['a path as architecture', '?arch=../x', { 'x-agent-token': token }, 400, 'invalid_request'],
    ['no file', '?arch=aarch64', { 'x-agent-token': token }, 404, 'no_agent_file'],
  ])('%s', async ([, query, headers, status, code]) => {
    const answer = await server.get(`/api/v1/agent/binary${query}`, headers);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(problem.parse(answer.body)).toMatchObject({ status, code });
    expect(answer.text).not.toContain(token);
  });

  test('a refusal names the header that it wants', async () => {
    const { headers } = await server.get('/api/v1/agent/binary');
    expect(headers.get('www-authenticate')).toBe('X-Agent-Token');
  });

  test('the script that downloads it is for everybody', async () => {
    const { status, headers, text } = await server.get('/api/v1/agent/bootstrap.sh');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/x-shellscript; charset=utf-8']);
    expect(text).toMatch(/^#!\/bin\/sh\n/);
  });
});

interface Folder {
  readonly folder: string;
  readonly ask: (encoding: string) => Promise<Download>;
}

async function serveFolder(): Promise<Folder> {
  const folder = agentFolder(agent);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = await configured(folder);
  onTestFinished(() => server.drop());
  const url = `${server.url}/api/v1/agent/binary`;
  return {
    folder,
    ask: (encoding) => download(url, { 'x-agent-token': token, 'accept-encoding': encoding }),
  };
}

describe.skipIf(!requires('postgres'))('a folder of agents', () => {
  test('a new file is served as soon as it is there, and never by the compressed form of the old one', async () => {
    const { folder, ask } = await serveFolder();
    expect((await ask('gzip')).headers['content-encoding']).toBe('gzip');
    const newer = Buffer.from('newer '.repeat(1000));
    writeFileSync(join(folder, 'new'), newer);
    renameSync(join(folder, 'new'), join(folder, 'attune-agent-x86_64'));

    const { headers, body } = await ask('gzip');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['x-agent-sha256']).toBe(sha256(newer));
    expect(body.equals(newer)).toBe(true);
  });

  test('a broken compressed file is passed over', async () => {
    const { folder, ask } = await serveFolder();
    writeFileSync(join(folder, 'attune-agent-x86_64.zst'), 'no zstd');
    expect((await ask('zstd, gzip;q=0.5')).headers['content-encoding']).toBe('gzip');
  });

  test('a server without folder or token says what it lacks', async () => {
    const server = await runningServer({ ATTUNE__AGENT__BOOTSTRAP_TOKEN: token });
    onTestFinished(() => server.drop());
    const answer = await server.get('/api/v1/agent/binary', { 'x-agent-token': token });
    expect(problem.parse(answer.body)).toMatchObject({ status: 503, code: 'agent_download_not_configured' });
    expect((await server.get('/api/v1/agent/info')).body).toMatchObject({ architectures: {} });
  });
});
