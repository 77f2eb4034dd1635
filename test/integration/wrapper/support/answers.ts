import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { onTestFinished } from 'vitest';
import type { Identity } from '../../../support/certificates.ts';
import { machine } from '../../server/support/agent-folder.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface HostileServer {
  /** For ATTUNE_AGENT_URL. */
  readonly url: string;
  /** The paths that were asked for. */
  readonly asked: string[];
}

/** A server, or what stands in its place, that gives these answers: to each question of a kind the next, and then the last again. */
export async function answering(
  answers: { readonly info: readonly Answer[]; readonly binary: readonly Answer[] },
  identity?: Identity,
): Promise<HostileServer> {
  const asked: string[] = [];
  const left = { info: [...answers.info], binary: [...answers.binary] };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const [path = ''] = (request.url ?? '').split('?');
    asked.push(path);
    const queue = path.endsWith('/info') ? left.info : left.binary;
    const answer = queue.length > 1 ? queue.shift() : queue[0];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, request);
  };
  const server =
    identity === undefined
      ? createServer(listener)
      : createTlsServer({ cert: identity.certificate, key: identity.key }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const scheme = identity === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${address.port}/api/v1/agent/binary`, asked };
}

export function infoOf(agent: Buffer): Answer {
  const sha256 = createHash('sha256').update(agent).digest('hex');
  const architectures = { [machine]: { size: agent.length, sha256 } };
  return (response) => response.end(JSON.stringify({ version: '1', commit: 'x', architectures }));
}

export function body(content: string | Buffer): Answer {
  return (response) => response.end(content);
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(code, headers).end('{"code":"x"}\n');
}

/** What a proxy shows to people, with status 200. */
export const page = body('<!DOCTYPE html><html><body>Please log in</body></html>\n');

/** The connection breaks in the middle. */
export function truncated(content: Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
  };
}

/** Half of it, and then silence. */
export function stalled(content: Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, content.length / 2));
  };
}

/** All of it, but in pieces with pauses. */
export function slow(content: Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': content.length });
    const step = Math.ceil(content.length / 10);
    const next = (at: number): void => {
      if (at >= content.length) return void response.end();
      response.write(content.subarray(at, at + step));
      setTimeout(next, 50, at + step);
    };
    next(0);
  };
}

/** Bytes without end. */
export const endless: Answer = (response) => {
  const bytes = Buffer.alloc(65_536, 1);
  const more = (): void => {
    while (!response.destroyed && response.write(bytes));
  };
  response.on('drain', more);
  more();
};
