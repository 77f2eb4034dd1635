import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problem, type Problem } from '../../../src/contract/problem.ts';
import { requires } from '../../support/requires.ts';
import { registerSample } from './support/packs.ts';
import { runningServer, type Answer, type RunningServer } from './support/running-server.ts';

const execute = '/api/v1/executions/execute';

/** The problem document that an answer must be. */
function problemOf({ status, headers, body, text }: Answer): Problem {
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const parsed = problem.strict().parse(body);
  expect(parsed.status).toBe(status);
  expect(text).not.toContain('node_modules');
  return parsed;
}

describe.skipIf(!requires('postgres'))('bad requests', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await runningServer();
    await registerSample(server);
  });
  afterAll(() => server.drop());

  test.for<[string, string, string, unknown, number, string]>([
    ['an unknown route', 'GET', '/api/v1/nothing', undefined, 404, 'route_not_found'],
    ['an unknown method', 'PUT', '/api/v1/packs', undefined, 404, 'route_not_found'],
    ['a malformed escape', 'GET', '/api/v1/packs/%zz', undefined, 400, 'malformed_url'],
    ['a NUL in a ref', 'GET', '/api/v1/packs/a%00b', undefined, 400, 'invalid_request'],
    ['an id that is no number', 'GET', '/api/v1/executions/abc', undefined, 400, 'invalid_request'],
    ['an id below one', 'GET', '/api/v1/executions/0', undefined, 400, 'invalid_request'],
    [
      'an id beyond all numbers',
      'GET',
      `/api/v1/executions/${'9'.repeat(30)}`,
      undefined,
      400,
      'invalid_request',
    ],
    ['an unknown execution', 'GET', '/api/v1/executions/123456789', undefined, 404, 'unknown_execution'],
    [
      'a log of an unknown execution',
      'GET',
      '/api/v1/executions/123456789/logs',
      undefined,
      404,
      'unknown_execution',
    ],
    [
      'a stream of an unknown execution',
      'GET',
      '/api/v1/executions/123456789/logs/stdout/stream',
      undefined,
      404,
      'unknown_execution',
    ],
    ['an unknown stream', 'GET', '/api/v1/executions/1/logs/stdin/stream', undefined, 400, 'invalid_request'],
    [
      'an offset without a stream',
      'GET',
      '/api/v1/executions/1/logs?offset=3',
      undefined,
      400,
      'invalid_request',
    ],
    [
      'cancelling an unknown execution',
      'POST',
      '/api/v1/executions/123456789/cancel',
      undefined,
      404,
      'unknown_execution',
    ],
    ['an unknown pack', 'GET', '/api/v1/packs/nothing', undefined, 404, 'unknown_pack'],
    ['an unknown action', 'GET', '/api/v1/actions/no.thing', undefined, 404, 'unknown_action'],
    ['an unknown runtime', 'GET', '/api/v1/runtimes/cobol', undefined, 404, 'unknown_runtime'],
    ['an unknown worker', 'GET', '/api/v1/workers/123456789', undefined, 404, 'unknown_worker'],
    [
      'cordoning an unknown worker',
      'POST',
      '/api/v1/workers/123456789/cordon',
      undefined,
      404,
      'unknown_worker',
    ],
    ['a limit that is too large', 'GET', '/api/v1/packs?limit=501', undefined, 400, 'invalid_request'],
    ['a limit of nothing', 'GET', '/api/v1/packs?limit=0', undefined, 400, 'invalid_request'],
    ['a cursor of no list', 'GET', '/api/v1/executions?cursor=eHl6', undefined, 400, 'invalid_cursor'],
    ['a cursor with a NUL', 'GET', '/api/v1/actions?cursor=AAAA', undefined, 400, 'invalid_cursor'],
    ['a state that is none', 'GET', '/api/v1/executions?state=asleep', undefined, 400, 'invalid_request'],
    ['running an unknown action', 'POST', execute, { action: 'no.thing' }, 404, 'unknown_action'],
    ['running a disabled action', 'POST', execute, { action: 'sample.off' }, 409, 'action_disabled'],
    [
      'a field that nobody knows',
      'POST',
      execute,
      { action: 'sample.echo', paramters: {} },
      400,
      'invalid_request',
    ],
    ['no action', 'POST', execute, {}, 400, 'invalid_request'],
    ['no body', 'POST', execute, undefined, 400, 'invalid_request'],
    ['an empty body', 'POST', execute, '', 400, 'malformed_json'],
    ['half a body', 'POST', execute, '{"action": "sam', 400, 'malformed_json'],
    ['a list as the body', 'POST', execute, [], 400, 'invalid_request'],
    [
      'parameters that are a list',
      'POST',
      execute,
      { action: 'sample.echo', parameters: [1] },
      400,
      'invalid_request',
    ],
    [
      'a prototype in the body',
      'POST',
      execute,
      '{"action": "sample.echo", "parameters": {"__proto__": {"a": 1}}}',
      400,
      'malformed_json',
    ],
    [
      'parameters without a bottom',
      'POST',
      execute,
      `{"action": "sample.echo", "parameters": {"text": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
      400,
      'invalid_request',
    ],
    [
      'a wait that is too long',
      'POST',
      execute,
      { action: 'sample.echo', wait: 1e9 },
      400,
      'invalid_request',
    ],
  ])('%s', async ([, method, path, body, status, code]) => {
    const answer = method === 'GET' ? await server.get(path) : await send(method, path, body);
    const found = problemOf(answer);

    expect([answer.status, found.code]).toEqual([status, code]);
  });

  async function send(method: string, path: string, body: unknown): Promise<Answer> {
    if (method === 'POST') return server.post(path, body);
    const response = await fetch(`${server.url}${path}`, { method });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  }

  test('parameters: every problem at once', async () => {
    const parameters = { count: 9, mode: 'slow', text: 5, extra: true };
    const {
      status,
      code,
      violations = [],
    } = problemOf(await server.post(execute, { action: 'sample.echo', parameters }));

    expect([status, code]).toEqual([422, 'invalid_parameters']);
    expect(violations.map(({ path, message }) => `${path} ${message}`).toSorted()).toEqual([
      'parameters.count must be <= 5',
      'parameters.extra is unknown; the action takes: text, count, mode',
      'parameters.mode must be one of "fast", "safe"',
      'parameters.text must be string',
    ]);
  });

  test('a missing parameter, and a secret of the wrong type, which is not repeated', async () => {
    const answer = await server.post(execute, {
      action: 'sample.login',
      parameters: { password: 918_273_645 },
    });

    expect(problemOf(answer).violations).toEqual([
      { path: 'parameters.user', message: 'is required' },
      { path: 'parameters.password', message: 'must be string' },
    ]);
    expect(answer.text).not.toContain('918273645');
  });

  test('nothing refused is stored', async () => {
    await server.post(execute, { action: 'sample.echo', parameters: { count: 'x' } });

    const [row] = await server.sql<{ count: number }[]>`SELECT count(*)::integer AS count FROM execution`;
    expect(row?.count).toBe(0);
  });

  test.for([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('a body of %s', async (type) => {
    const answer = await server.post(execute, '{"action": "sample.echo"}', { 'content-type': type });

    expect(problemOf(answer)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  test.for([
    { kind: 'announced', stream: false },
    { kind: 'in chunks', stream: true },
  ])(
    'a body of 20 MB, $kind, is refused before it fills the memory, and the client can read why',
    async ({ stream }) => {
      const body = 'x'.repeat(20 * 1024 * 1024);
      const response = await fetch(`${server.url}${execute}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: stream ? new Blob([body]).stream() : body,
        duplex: 'half',
      });
      const text = await response.text();
      const answer = {
        status: response.status,
        headers: response.headers,
        text,
        body: JSON.parse(text) as unknown,
      };

      expect(problemOf(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
    },
  );

  test('what is no HTTP', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('GARBAGE\r\n\r\n');

    expect(await readText(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('web pages of other sites', async () => {
    const foreign = [{ origin: 'https://evil.example' }, { origin: 'null' }];
    for (const headers of foreign) {
      expect(problemOf(await server.get('/api/v1/packs', headers))).toMatchObject({
        status: 403,
        code: 'foreign_origin',
      });
    }
    expect((await server.get('/api/v1/packs', { origin: server.url })).status).toBe(200);
  });

  test('a name that leads to the loopback address', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('GET /api/v1/packs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');

    expect(await readText(socket)).toMatch(/^HTTP\/1\.1 403 [^]*foreign_origin/);
  });
});

describe.skipIf(!requires('postgres'))('a server with a token', () => {
  const token = 'a-token-of-enough-characters';
  let server: RunningServer;
  beforeAll(async () => {
    server = await runningServer({
      ATTUNE__SERVER__HOST: '0.0.0.0',
      ATTUNE__SECURITY__API_TOKEN: token,
      ATTUNE__SECURITY__ENCRYPTION_KEY: undefined,
    });
  });
  afterAll(() => server.drop());

  test.for<[string, Readonly<Record<string, string>>]>([
    ['no token', {}],
    ['another token', { authorization: 'Bearer another-token-of-many-characters' }],
    ['a part of the token', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('refuses %s', async ([, headers]) => {
    for (const path of ['/api/v1/packs', '/api/v1/executions/stream', '/metrics']) {
      const answer = await server.get(path, headers);
      expect(problemOf(answer)).toMatchObject({ status: 401, code: 'unauthorized' });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('takes the token, and asks for none where health and documentation are', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answers = await Promise.all([
      server.get('/api/v1/packs', headers),
      server.get('/metrics', { authorization: `bearer ${token}` }),
      server.get('/health'),
      server.get('/health/ready'),
      server.get('/openapi.json'),
      server.get('/docs'),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test('without a key to store them under, secrets are refused with the way to mend it', async () => {
    const headers = { authorization: `Bearer ${token}` };
    await registerSample({ ...server, post: (path, body) => server.post(path, body, headers) });
    const parameters = { user: 'root', password: 'hunter2' };
    const answer = await server.post(execute, { action: 'sample.login', parameters }, headers);

    expect(problemOf(answer)).toMatchObject({ status: 503, code: 'encryption_key_missing' });
    expect(answer.text).toContain('ATTUNE__SECURITY__ENCRYPTION_KEY');
    expect(answer.text).not.toContain('hunter2');
  });
});
