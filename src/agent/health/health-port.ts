import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { HealthReport } from './health.ts';

export interface HealthPortOptions {
  readonly port: number;
  /** Address to listen on; absent: all. */
  readonly host: string | undefined;
  readonly report: () => HealthReport;
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface HealthPort {
  readonly port: number;
  close(): void;
}

/**
 * Answers probes by HTTP: `/live` as long as this process works, `/ready` with 503 and the reason while it can take no executions, and
 * `/metrics`. It does not keep the process alive.
 * @throws AttuneError `health_port_unavailable`
 */
export async function openHealthPort({
  port,
  host,
  report,
  metrics,
}: HealthPortOptions): Promise<HealthPort> {
  const answers: Readonly<Record<string, (response: ServerResponse) => Promise<void> | void>> = {
    '/live': (response) => answer(response, { ready: true, reason: 'alive' }),
    '/ready': (response) => answer(response, report()),
    '/metrics': async (response) => {
      const { contentType, text } = await metrics();
      response.setHeader('content-type', contentType).end(text);
    },
  };
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const respond = answers[path];
    if (respond === undefined) response.writeHead(404).end('There is /live, /ready and /metrics\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end();
    else void Promise.resolve(respond(response)).catch(() => response.writeHead(500).end());
  });
  try {
    server.listen(port, host).unref();
    await once(server, 'listening');
  } catch (error) {
    throw unavailable(port, error);
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, { ready, reason }: HealthReport): void {
  response.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}

function unavailable(port: number, error: unknown): AttuneError {
  return new AttuneError(
    'health_port_unavailable',
    `Probes can't be answered at port ${port} (${describeError(error)}): correct ATTUNE_AGENT_HEALTH_PORT or ATTUNE_AGENT_HEALTH_HOST`,
    { cause: error },
  );
}
