import { connect, type Socket } from 'node:net';

/** Where to connect, as postgres.js reads it from the URL: one entry for each host that it names. */
export interface Address {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** A Unix socket, which wins; false for none. */
  readonly path: string | false;
}

/** What postgres.js looks for to name the host of a TLS connection. */
type NamedSocket = Socket & { host?: string | undefined };

/**
 * Makes the function that opens the connections of a pool, to its hosts in turn. A connection that ends before the server said a word fails: proxies
 * accept for a server that is down. Without this, postgres.js would connect again at once, for ever, and no query would hear of it.
 */
export function createConnector(): (address: Address) => NamedSocket {
  let turn = 0;
  return ({ host, port, path }) => {
    const index = turn % host.length;
    turn += 1;
    const name = host[index];
    const socket: NamedSocket =
      path === false ? connect({ host: name ?? 'localhost', port: port[index] ?? 5432 }) : connect(path);
    socket.host = name;
    // Of an address Node's tls would not know what the certificate must name.
    Object.assign(socket, { _host: name });
    socket.once('end', () => {
      if (socket.bytesRead === 0) socket.destroy(silentEnd());
    });
    return socket;
  };
}

function silentEnd(): Error {
  return Object.assign(new Error('the server, or a proxy before it, closed the connection without a word'), {
    code: 'ECONNRESET',
  });
}
