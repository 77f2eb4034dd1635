import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that a test can break. */
export interface Proxy {
  /** The server's URL by way of the proxy. */
  readonly url: string;
  /** Breaks every connection of now; new ones work. */
  cut(): void;
  /** Breaks every connection and refuses new ones until `restore`. */
  block(): void;
  /** Connections stay, and new ones are taken, but nothing gets through until `restore`. */
  stall(): void;
  restore(): void;
  close(): Promise<void>;
}

/** Forwards TCP to the server of a URL that names its port. */
export async function startProxy(serverUrl: string): Promise<Proxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let blocked = false;
  let stalled = false;

  const server = createServer((client) => {
    if (blocked) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    join(client, upstream);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      if (stalled) socket.cork();
      socket.once('close', () => sockets.delete(socket));
    }
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    url: url.href,
    cut,
    block() {
      blocked = true;
      cut();
    },
    stall() {
      stalled = true;
      for (const socket of sockets) socket.cork();
    },
    restore() {
      blocked = false;
      if (stalled) for (const socket of sockets) socket.uncork();
      stalled = false;
    },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}

/** What one side says, and its end, reaches the other. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setNoDelay(true).pipe(to);
    from.on('error', () => undefined);
    from.once('close', () => to.destroy());
  }
}
