import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../../../src/server/server.ts';
import { serverSettings } from '../../../../src/server/settings.ts';
import { readConfiguration } from '../../../../src/shared/config/read.ts';
import { createLogger } from '../../../../src/shared/logger.ts';
import { openDatabase, type Sql } from '../../../../src/store/connect.ts';
import { freshDatabase } from '../../../support/postgres.ts';

/** A control plane of its own, over a database of its own. */
export interface RunningServer {
  readonly url: string;
  /** Another connection to its database: what an agent would use. */
  readonly sql: Sql;
  readonly databaseUrl: string;
  readonly packsFolder: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Stops the server alone: its database stays. */
  stop(): Promise<void>;
  /** Removes everything. */
  drop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` where it is none. */
  readonly body: unknown;
}

export async function runningServer(
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<RunningServer> {
  const database = await freshDatabase();
  const packsFolder = realpathSync(mkdtempSync(join(tmpdir(), 'attune-test-packs-')));
  const config = readConfiguration(serverSettings, {
    environment: {
      ATTUNE__DATABASE__URL: database.url,
      ATTUNE_PACKS_BASE_DIR: packsFolder,
      ATTUNE__SERVER__PORT: '0',
      ATTUNE__SCHEDULER__WORKER_LOST_AFTER: '1h',
      ATTUNE__SECURITY__ENCRYPTION_KEY: 'a key for tests that is long enough',
      ...environment,
    },
  });
  const running = await startServer({ config, logger: createLogger('silent') });
  const { url } = running;
  const sql = openDatabase(database.url, { name: 'attune test', connections: 4 });
  return {
    url,
    sql,
    databaseUrl: database.url,
    packsFolder,
    get: (path, headers = {}) => ask(`${url}${path}`, { headers }),
    post: (path, body, headers = {}) => ask(`${url}${path}`, { method: 'POST', ...content(body, headers) }),
    stop: () => running.stop(),
    async drop() {
      await running.stop();
      await sql.end({ timeout: 1 });
      await database.drop();
      if (existsSync(packsFolder)) rmSync(packsFolder, { recursive: true });
    },
  };
}

/** A text is sent as it is, anything else as JSON. */
function content(body: unknown, headers: Readonly<Record<string, string>>): RequestInit {
  if (body === undefined) return { headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { body: text, headers: { 'content-type': 'application/json', ...headers } };
}

async function ask(url: string, options: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...options });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
