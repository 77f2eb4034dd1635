import type * as z from 'zod';
import { tlsError } from '../../shared/certificates/tls-error.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { parseJson } from './json.ts';
import { problemOf } from './problem.ts';

export interface ClientOptions {
  /** Like `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
}

export interface Request<Schema extends z.ZodType> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the server's address, like `/api/v1/packs`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** What the answer must be. */
  readonly answer: Schema;
  /** A status that is no success, and yet comes with such an answer. */
  readonly alsoAnswer?: number;
}

/** Bytes without a known end. */
export interface Upload<Schema extends z.ZodType> {
  readonly path: string;
  /** Like `application/gzip`. */
  readonly type: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly answer: Schema;
  readonly signal: AbortSignal;
}

/** Speaks with one server. Every method throws the AttuneError that the server's problem document describes, or those named here. */
export interface Client {
  readonly url: string;
  /** @throws AttuneError `server_unreachable` (retryable), `unexpected_answer` */
  send<Schema extends z.ZodType>(request: Request<Schema>): Promise<z.output<Schema>>;
  /** Sends bytes as they come. @throws AttuneError `server_unreachable` (retryable), `unexpected_answer`; what `content` throws */
  upload<Schema extends z.ZodType>(upload: Upload<Schema>): Promise<z.output<Schema>>;
  /** Opens an answer that has no end of its own. @throws AttuneError `server_unreachable` (retryable) */
  open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response>;
}

/** How long a server may take to answer; what waits longer is streamed. */
const answerMilliseconds = 60_000;

export function createClient({ url, token }: ClientOptions): Client {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };

  async function call(path: string, options: RequestInit, alsoAnswer?: number): Promise<Response> {
    const response = await reach(url, path, options);
    if (!response.ok && response.status !== alsoAnswer) throw await problemOf(response);
    return response;
  }

  return {
    url,
    async send({ method = 'GET', path, query = {}, body, answer, alsoAnswer }) {
      const request = {
        method,
        headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerMilliseconds),
      };
      const response = await call(`${path}${queryString(query)}`, request, alsoAnswer);
      return readAnswer(response, path, answer);
    },
    async upload({ path, type, content, answer, signal }) {
      const headers = { ...authorization, 'content-type': type };
      const request = { method: 'POST', headers, body: content, duplex: 'half' as const, signal };
      return readAnswer(await call(path, request), path, answer);
    },
    open(path, headers, signal) {
      return call(path, { headers: { ...authorization, ...headers }, signal });
    },
  };
}

async function reach(url: string, path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, url), options);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    // What was to be sent could not be read.
    if (cause instanceof AttuneError) throw cause;
    const ofTls = tlsError(cause, { name: `the server at ${url}`, setting: 'ATTUNE_API_URL' });
    if (ofTls !== undefined) throw ofTls;
    const reason = describeError(cause);
    throw new AttuneError(
      'server_unreachable',
      `No Attune server answers at ${url}: ${reason}. Start one with "attune server", or name another with --api-url or ATTUNE_API_URL.`,
      { cause: error, retryable: true },
    );
  }
}

async function readAnswer<Schema extends z.ZodType>(
  response: Response,
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await response.text();
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`).join('; ');
  throw new AttuneError(
    'unexpected_answer',
    `${path} was answered with something else than expected (${where}). Is it an Attune server of this version?`,
  );
}

function queryString(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
