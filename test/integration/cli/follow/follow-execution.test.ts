import { createServer } from 'node:http';
import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../../../src/cli/api/client.ts';
import { followExecution } from '../../../../src/cli/follow/follow-execution.ts';
import { textReader } from '../../../../src/cli/follow/readers.ts';
import type { Context } from '../../../../src/cli/context.ts';

/** A server whose executions never end, however often they are cancelled. Says what it is asked for. */
async function serveEndlessExecution(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url?.endsWith('/stream') === true)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    else response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

test('the first interrupt cancels the execution and the second leaves it, whatever the server makes of it', async () => {
  const { url, asked } = await serveEndlessExecution();
  const errors = new PassThrough();
  const output = new PassThrough();
  const interrupts = new EventEmitter();
  const context: Pick<Context, 'errors' | 'onInterrupt'> = {
    errors,
    onInterrupt(listener) {
      interrupts.on('interrupt', listener);
      return () => void interrupts.off('interrupt', listener);
    },
  };
  const following = followExecution(createClient({ url }), 7, context, textReader(output, errors));
  interrupts.emit('interrupt', 'SIGINT');
  expect(await said(errors)).toContain('Cancelling execution 7; Ctrl-C again leaves it to itself.');
  expect(await said(errors)).toContain('It could not be cancelled');
  interrupts.emit('interrupt', 'SIGINT');
  expect(await following).toBeUndefined();
  expect(interrupts.listenerCount('interrupt')).toBe(0);
  expect(asked.filter((request) => request.startsWith('POST'))).toEqual(['POST /api/v1/executions/7/cancel']);
  errors.end();
  expect(await text(errors)).toBe('');
});

async function said(stream: PassThrough): Promise<string> {
  return new Promise((resolve) => stream.once('data', (bytes: Buffer) => resolve(bytes.toString())));
}
