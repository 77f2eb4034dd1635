import { isIPv6 } from 'node:net';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { App } from './app-type.ts';

interface Place {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/**
 * Opens the server to its clients.
 * @returns where: `http://127.0.0.1:8080`
 * @throws AttuneError `cannot_listen`
 */
export async function listenOn(app: App, { host, port }: Place): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const message = `Can't listen on ${host}:${port} (${describeError(error)}): choose another server.port or server.host`;
    throw new AttuneError('cannot_listen', message, { cause: error });
  }
  const address = app.server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${taken}`;
}
