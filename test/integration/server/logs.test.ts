import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executionView } from '../../../src/contract/api/execution.ts';
import { logEvent, logReply, type LogEvent } from '../../../src/contract/api/log-events.ts';
import { requires } from '../../support/requires.ts';
import { chunk } from '../store/support/samples.ts';
import { registerSample } from './support/packs.ts';
import { runningServer, type RunningServer } from './support/running-server.ts';
import { handWorker, type HandWorker } from './support/worker.ts';

/** The bytes that events brought, gaps left out. */
function bytesOf(events: readonly LogEvent[]): Buffer {
  return Buffer.concat(
    events.map((event) => {
      if (event.event !== 'chunk') return Buffer.alloc(0);
      const { text, base64 = '' } = event.data;
      return text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text);
    }),
  );
}

describe.skipIf(!requires('postgres'))('logs', () => {
  let server: RunningServer;
  let worker: HandWorker;
  beforeAll(async () => {
    server = await runningServer();
    await registerSample(server);
    worker = await handWorker(server.sql);
  });
  afterAll(() => server.drop());

  async function runningExecution(): Promise<{ execution: number; epoch: number }> {
    const { body } = await server.post('/api/v1/executions/execute', { action: 'sample.echo' });
    const { id } = executionView.parse(body);
    const attempt = await worker.claim();
    expect(attempt.execution).toBe(id);
    return attempt;
  }

  /** Reads events until there have been `most`, or the stream ends. */
  async function follow(path: string, most = Infinity, lastId?: string): Promise<LogEvent[]> {
    const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
    const response = await fetch(`${server.url}/api/v1/executions/${path}/stream`, { headers });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events: LogEvent[] = [];
    const messages = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { event, id, data } of messages ?? []) {
      const parsed: unknown = JSON.parse(data);
      events.push(logEvent.parse({ event, id, data: parsed }));
      if (events.length >= most) break;
    }
    return events;
  }

  test('a stream brings what is there, what comes, and the end', async () => {
    const attempt = await runningExecution();
    await worker.write(attempt, 'stdout', 0, 'one\n');
    const following = follow(`${attempt.execution}/logs/stdout`);
    await worker.write(attempt, 'stdout', 4, 'two\n');
    await worker.write(attempt, 'stderr', 0, 'oops\n');
    await worker.finish(attempt, [chunk(0, 8, 'three\n')]);

    const events = await following;
    expect(bytesOf(events).toString()).toBe('one\ntwo\nthree\n');
    expect(events.at(-1)).toEqual({ event: 'end', id: '1:14', data: { state: 'completed' } });
    expect(bytesOf(await follow(`${attempt.execution}/logs/stderr`)).toString()).toBe('oops\n');
  });

  test('a client that comes back goes on exactly where it was, from any event', async () => {
    const attempt = await runningExecution();
    await worker.write(attempt, 'stdout', 0, 'abc');
    await worker.write(attempt, 'stdout', 1000, 'déf');
    await worker.finish(attempt);
    const path = `${attempt.execution}/logs/stdout`;
    const whole = await follow(path);

    expect(whole.map(({ event, id }) => [event, id])).toEqual([
      ['chunk', '1:3'],
      ['gap', '1:1000'],
      ['chunk', '1:1004'],
      ['end', '1:1004'],
    ]);
    for (const [index, { id }] of whole.entries()) {
      const rest = await follow(path, Infinity, id);
      expect(rest).toEqual(index === 3 ? whole.slice(3) : whole.slice(index + 1));
    }
    expect(bytesOf(await follow(path, Infinity, '1:1003')).toString('latin1')).toBe('f');
  });

  test('characters that are cut by the border of a chunk arrive whole; bytes that are none arrive exactly', async () => {
    const attempt = await runningExecution();
    const text = Buffer.from('grüße 🎉');
    await worker.write(attempt, 'stdout', 0, text.subarray(0, 3));
    const following = follow(`${attempt.execution}/logs/stdout`);
    await worker.write(attempt, 'stdout', 3, text.subarray(3, 10));
    await worker.write(attempt, 'stdout', 10, text.subarray(10));
    await worker.write(attempt, 'stdout', text.length, Buffer.from([0xff, 0x00, 0xc3]));
    await worker.finish(attempt);

    const events = await following;
    expect(bytesOf(events)).toEqual(Buffer.concat([text, Buffer.from([0xff, 0x00, 0xc3])]));
    expect(JSON.stringify(events)).toContain('"base64"');
  });

  test('a large log is followed, and read, byte by byte the same', async () => {
    const attempt = await runningExecution();
    const parts = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(6)}\n`.repeat(10_000));
    let offset = 0;
    for (const part of parts) {
      await worker.write(attempt, 'stdout', offset, part);
      offset += part.length;
    }
    await worker.finish(attempt);
    const path = `${attempt.execution}/logs/stdout`;

    const [events, text] = await Promise.all([follow(path), server.get(`/api/v1/executions/${path}`)]);
    expect(bytesOf(events).toString() === parts.join('')).toBe(true);
    expect(text.text === parts.join('')).toBe(true);
  });

  test('as JSON, part by part, and as text with a mark where bytes are missing', async () => {
    const attempt = await runningExecution();
    await worker.write(attempt, 'stdout', 0, 'head');
    await worker.write(attempt, 'stdout', 104, 'tail');
    await worker.write(attempt, 'stderr', 0, Buffer.from([0xff]));
    await worker.finish(attempt);
    const path = `/api/v1/executions/${attempt.execution}/logs`;

    expect(logReply.parse((await server.get(path)).body)).toEqual({
      epoch: 1,
      state: 'completed',
      streams: [
        {
          stream: 'stdout',
          runs: [
            { epoch: 1, offset: 0, end: 4, text: 'head' },
            { epoch: 1, offset: 104, end: 108, text: 'tail' },
          ],
          next_offset: 108,
        },
        { stream: 'stderr', runs: [{ epoch: 1, offset: 0, end: 1, base64: '/w==' }], next_offset: 1 },
      ],
    });
    const rest = logReply.parse((await server.get(`${path}?stream=stdout&offset=2&limit=1`)).body);
    expect(rest.streams).toEqual([
      { stream: 'stdout', runs: [{ epoch: 1, offset: 2, end: 4, text: 'ad' }], next_offset: 4 },
    ]);
    const { text, headers } = await server.get(`${path}/stdout`);
    expect(text).toBe('head\n[100 bytes were not kept]\ntail');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  test('the stream of all executions tells of each end', async () => {
    const response = await fetch(`${server.url}/api/v1/executions/stream`);
    const messages = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    const attempt = await runningExecution();
    await worker.finish(attempt);

    for await (const { event, data } of messages ?? []) {
      if (!data.includes(`"execution":${attempt.execution},`) || !data.includes('completed')) continue;
      expect([event, JSON.parse(data)]).toEqual(['execution', { ...attempt, state: 'completed' }]);
      break;
    }
  });

  test('a client that goes leaves nothing that waits', async () => {
    const attempt = await runningExecution();
    const client = new AbortController();
    const response = await fetch(`${server.url}/api/v1/executions/${attempt.execution}/logs/stdout/stream`, {
      signal: client.signal,
    });
    const open = async (): Promise<string | undefined> =>
      /^attune_event_streams (\d+)$/m.exec((await server.get('/metrics')).text)?.[1];
    await expect.poll(open).toBe('1');
    client.abort();
    await response.text().catch(() => undefined);

    await expect.poll(open).toBe('0');
    await worker.finish(attempt);
  });
});
