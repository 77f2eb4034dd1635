import { once } from 'node:events';
import { createServer } from 'node:net';
import { AttuneError } from '../../shared/errors.ts';

/** A port of 127.0.0.1 that nobody listened on a moment ago, for a program that can't choose one itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new AttuneError('no_free_port', 'There is no free port on 127.0.0.1.');
  return address.port;
}
