import { connect, type Socket } from 'node:net';
import * as z from 'zod';
import { jsonValue } from '../src/contract/parameter-schema.ts';

const view = z.object({
  state: z.string(),
  result: z
    .object({ data: jsonValue, duration_ms: z.number(), stdout: z.object({ bytes: z.number() }) })
    .nullable(),
});
type View = z.infer<typeof view>;

/** The end of the head of an answer, and the field in it that says how long the body is. */
const headEnd = '\r\n\r\n';
const lengthField = /\r\ncontent-length: (\d+)/i;

export interface Client {
  /** Runs an action to its end, which must be its success. */
  readonly run: (action: string) => Promise<View>;
  /** The same without reading the answer. */
  readonly complete: (action: string) => Promise<void>;
}

/**
 * A client of the API that runs actions to their end, each by one POST, over connections that it keeps. It shares the machine with what is measured, so it does
 * no more than HTTP/1.1 needs: Node's own client costs as much as a third of the server.
 */
export function createClient(url: string): Client {
  const { host, hostname, port } = new URL(url);
  const idle: Connection[] = [];

  async function execute(action: string): Promise<string> {
    const connection = idle.pop() ?? open(Number(port), hostname);
    const body = JSON.stringify({ action, wait: 60 });
    const head = `POST /api/v1/executions/execute HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json`;
    const text = await connection(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}${headEnd}${body}`);
    idle.push(connection);
    if (text.includes('"state":"completed"')) return text;
    throw new Error(`${action} did not complete: ${text}`);
  }

  return {
    run: async (action) => view.parse(JSON.parse(await execute(action))),
    complete: async (action) => void (await execute(action)),
  };
}

/** Sends a request and answers the body of the response; one at a time. */
type Connection = (request: string) => Promise<string>;

function open(port: number, host: string): Connection {
  const socket = connect(port, host).setNoDelay().unref();
  return (request) =>
    new Promise((resolve, reject) => {
      let received = '';
      socket.ref();
      socket.on('data', take).on('error', reject);
      socket.write(request);
      function take(bytes: Buffer): void {
        received += bytes.toString('latin1');
        const body = completeBody(received);
        if (body === undefined) return;
        release(socket);
        resolve(body);
      }
    });
}

function release(socket: Socket): void {
  socket.removeAllListeners('data').removeAllListeners('error').unref();
}

/** The body of an answer, when all of it has come. */
function completeBody(received: string): string | undefined {
  const end = received.indexOf(headEnd);
  if (end < 0) return undefined;
  const length = Number(lengthField.exec(received)?.[1]);
  const body = received.slice(end + headEnd.length);
  return body.length < length ? undefined : Buffer.from(body, 'latin1').toString();
}
