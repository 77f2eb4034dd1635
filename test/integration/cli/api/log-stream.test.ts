import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { createClient } from '../../../../src/cli/api/client.ts';
import { streamLog } from '../../../../src/cli/api/log-stream.ts';
import type { LogEvent } from '../../../../src/contract/api/log-events.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A server that gives each connection the next of the answers: faults that a healthy server cannot be made to have. */
async function serve(
  answers: readonly Answer[],
): Promise<{ url: string; resumedFrom: (string | undefined)[] }> {
  const resumedFrom: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const answer = answers[resumedFrom.length] ?? refuse(500, 'too_many_requests');
    resumedFrom.push(request.headers['last-event-id']?.toString());
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, resumedFrom };
}

function chunk(offset: number, text: string): string {
  const end = offset + Buffer.byteLength(text);
  const data = JSON.stringify({ epoch: 1, offset, end, text });
  return `event: chunk\nid: 1:${end}\ndata: ${data}\n\n`;
}

const end = 'event: end\nid: 1:9\ndata: {"state":"completed"}\n\n';

function events(content: string, then: (response: ServerResponse) => void): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(content, () => then(response));
  };
}

function refuse(status: number, code: string): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: 'about:blank', title: 'No', status, code, detail: `It is ${code}` }));
  };
}

const finish = (response: ServerResponse): void => void response.end();
const breakOff = (response: ServerResponse): void => void response.destroy();

async function collect(url: string, signal = new AbortController().signal): Promise<LogEvent[]> {
  const request = { execution: 1, stream: 'stdout', signal } as const;
  const collected: LogEvent[] = [];
  for await (const event of streamLog(createClient({ url }), request)) collected.push(event);
  return collected;
}

function textOf(collected: readonly LogEvent[]): string {
  return collected.map((event) => (event.event === 'chunk' ? (event.data.text ?? '') : '')).join('');
}

describe('a log stream', () => {
  test('goes on after the last event when the connection breaks, ends early or is refused for now', async () => {
    const { url, resumedFrom } = await serve([
      events(chunk(0, 'one'), breakOff),
      refuse(503, 'database_unreachable'),
      events(`${chunk(3, 'two')}event: chunk\nid: 1:99\nda`, breakOff),
      events('', finish),
      events(`: still here\n\n${chunk(6, 'end')}${end}`, finish),
    ]);
    const collected = await collect(url);
    expect(textOf(collected)).toBe('onetwoend');
    expect(collected.at(-1)).toMatchObject({ event: 'end', data: { state: 'completed' } });
    expect(resumedFrom).toEqual([undefined, '1:3', '1:3', '1:6', '1:6']);
  });

  test('is whole when characters are cut by the network', async () => {
    const bytes = Buffer.from(`${chunk(0, 'äöü€')}${end}`);
    const { url } = await serve([
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const byte of bytes) response.write(Buffer.of(byte));
        response.end();
      },
    ]);
    expect(textOf(await collect(url))).toBe('äöü€');
  });

  test('ends with what the server says where trying again is useless', async () => {
    const { url, resumedFrom } = await serve([refuse(404, 'unknown_execution')]);
    await expect(collect(url)).rejects.toMatchObject({
      code: 'unknown_execution',
      message: 'It is unknown_execution',
    });
    expect(resumedFrom).toHaveLength(1);
  });

  test('refuses events that it does not understand', async () => {
    const { url } = await serve([events('event: surprise\nid: 1\ndata: {}\n\n', finish)]);
    await expect(collect(url)).rejects.toMatchObject({ code: 'unexpected_answer' });
  });

  test('ends when it is told to', async () => {
    const leaving = new AbortController();
    const { url } = await serve([events(chunk(0, 'one'), () => leaving.abort())]);
    await expect(collect(url, leaving.signal)).rejects.toThrow(/abort/i);
  });
});

describe('a client', () => {
  test('says that no server answers, and how to get one', async () => {
    const { url } = await serve([]);
    await Promise.all(closers.splice(0).map((close) => close()));
    const client = createClient({ url });
    await expect(client.open('/', {}, new AbortController().signal)).rejects.toMatchObject({
      code: 'server_unreachable',
      retryable: true,
    });
  });

  test('knows when something else than Attune answers', async () => {
    const { url } = await serve([
      (_request, response) => void response.writeHead(502, 'Bad Gateway').end('<html>nginx</html>'),
    ]);
    await expect(createClient({ url }).open('/', {}, new AbortController().signal)).rejects.toMatchObject({
      code: 'unexpected_answer',
    });
  });

  test('sends its token, and says how to give one where it is refused', async () => {
    let authorization: string | undefined;
    const { url } = await serve([
      (request, response) => {
        ({ authorization } = request.headers);
        refuse(401, 'unauthorized')(request, response);
      },
    ]);
    const client = createClient({ url, token: 'abc' });
    await expect(client.open('/', {}, new AbortController().signal)).rejects.toThrow(/ATTUNE_API_TOKEN/);
    expect(authorization).toBe('Bearer abc');
  });
});
