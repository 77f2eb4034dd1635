import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AttuneError } from '../../shared/errors.ts';
import { freePort } from '../tethered/free-port.ts';
import { startTethered, type TetheredProcess } from '../tethered/start-tethered.ts';
import { serverAccount } from './account.ts';
import { databaseUser, openCluster, prepareFolder } from './cluster.ts';
import { findInstallation } from './installation.ts';

export interface EmbeddedPostgres {
  /** Of the one database, password included: never to be shown. */
  readonly url: string;
  /** Resolves, never rejects, with the exit status when the server is gone, for whatever cause. */
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds data, password and log; made where it is missing. */
  readonly folder: string;
  /** PostgreSQL's own settings by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** For data that nobody wants back after a crash. */
export const throwAwaySettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** How long the server may take for its start, a recovery after a crash included, and for its stop. */
const startSeconds = 60;
const stopSeconds = 15;

/**
 * Starts the PostgreSQL that npm installed, on a free port of the loopback address, over the data in `folder`. It can't
 * outlive this process. As root it runs under another account, see `serverAccount`.
 * @throws AttuneError `no_embedded_postgres`, `unusable_data_folder`, `embedded_postgres_failed`
 */
export async function startEmbeddedPostgres({
  folder,
  settings = {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = await serverAccount(join(folder, 'data'));
  await prepareFolder(folder, account);
  const { initdb, postgres } = await findInstallation(account, join(folder, 'installation'));
  const initdbFlags = settings['fsync'] === 'off' ? ['--no-sync'] : [];
  const { data, password } = await openCluster({ folder, initdb, account, initdbFlags });
  const port = await freePort();
  const logFile = join(folder, 'postgres.log');
  const log = await open(logFile, 'w', 0o600);
  const server = startTethered({
    argv: [postgres, '-D', data, ...flags({ ...loopbackOnly, port: String(port), ...settings })],
    stopSignal: 'INT',
    environment: { LC_ALL: 'C', TZ: 'UTC' },
    output: log.fd,
    account,
  });
  await log.close();
  await ready(server, join(data, 'postmaster.pid'), port).catch(async (error: unknown) => {
    await server.stop(0);
    throw await failure(logFile, error);
  });
  return {
    url: `postgres://${databaseUser}:${password}@127.0.0.1:${port}/postgres`,
    exited: server.exited,
    stop: () => server.stop(stopSeconds),
  };
}

const loopbackOnly = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };

function flags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Watches the status file as pg_ctl does; its port tells it from the file of an earlier run. */
async function ready(server: TetheredProcess, statusFile: string, port: number): Promise<void> {
  const gone = server.exited.then((status) => Promise.reject(new Error(`it ended with status ${status}`)));
  // It may end while nobody waits for it: while the file is read, or long after it was ready.
  gone.catch(() => undefined);
  const deadline = AbortSignal.timeout(startSeconds * 1000);
  while (!(await isReady(statusFile, port))) {
    await Promise.race([gone, delay(20, undefined, { signal: deadline })]);
  }
}

/** Lines 4 and 8 of postmaster.pid: port and status (source: utils/pidfile.h of PostgreSQL). */
async function isReady(statusFile: string, port: number): Promise<boolean> {
  const lines = (await readFile(statusFile, 'utf8').catch(() => '')).split('\n');
  return lines[3] === String(port) && lines[7]?.trim() === 'ready';
}

async function failure(logFile: string, cause: unknown): Promise<AttuneError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const lines = log.trim().split('\n').slice(-5).join('\n  ');
  const message = `The embedded PostgreSQL did not start; its log (${logFile}) ends with:\n  ${lines}`;
  return new AttuneError('embedded_postgres_failed', message, { cause });
}
