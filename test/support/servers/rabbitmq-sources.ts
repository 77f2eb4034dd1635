import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../certificates.ts';
import { dockerSource } from './docker.ts';
import { freePort, onPath, startGuarded, temporaryFolder, unprivilegedUser } from './guarded.ts';
import { management } from './rabbitmq-management.ts';
import type { Server, Source } from './source.ts';

/** Debian's /usr/sbin/rabbitmq-server insists on the system's own node; the script behind it does not. */
const script = ['/usr/lib/rabbitmq/bin/rabbitmq-server', onPath('rabbitmq-server')];

/**
 * Where the tests get a RabbitMQ from, best first. One that is named by the environment is the only one. Each must have the
 * management plugin: tests make virtual hosts.
 */
export function rabbitmqSources(): readonly Source[] {
  const url = process.env['ATTUNE_TEST_AMQP_URL'];
  return url ? [given(url)] : found;
}

function given(url: string): Source {
  const { hostname, username, password } = new URL(url);
  const credentials = `${username || 'guest'}:${password || 'guest'}`;
  const managementUrl =
    process.env['ATTUNE_TEST_AMQP_MANAGEMENT_URL'] || `http://${credentials}@${hostname}:15672`;
  return {
    name: 'ATTUNE_TEST_AMQP_URL',
    available: () => Promise.resolve(true),
    start: async () => {
      await management(managementUrl, 'GET', '/overview');
      return { url, managementUrl, stop: () => Promise.resolve() };
    },
  };
}

const found: readonly Source[] = [
  dockerSource({
    name: 'rabbitmq:4-management-alpine',
    async run(container) {
      const { Wait } = await import('testcontainers');
      const started = await container
        .withExposedPorts(5672, 15_672)
        .withWaitStrategy(Wait.forLogMessage(/Server startup complete/))
        .start();
      const host = started.getHost();
      return {
        url: `amqp://guest:guest@${host}:${started.getMappedPort(5672)}`,
        managementUrl: `http://guest:guest@${host}:${started.getMappedPort(15_672)}`,
        stop: async () => void (await started.stop()),
      };
    },
  }),
  {
    name: 'RabbitMQ of this machine',
    available: async () => installedScript() !== undefined,
    start: () => startScript(installedScript() ?? ''),
  },
];

/** Starts a RabbitMQ of this machine that speaks TLS; `url` is that of TLS. */
export async function startRabbitmqWithTls(identity: Identity): Promise<Server> {
  const port = await freePort();
  const server = await startScript(installedScript() ?? '', { ...identity, port });
  return { ...server, url: `amqps://guest:guest@127.0.0.1:${port}` };
}

function installedScript(): string | undefined {
  return script.find((path) => path !== undefined && existsSync(path));
}

/** Runs a private RabbitMQ, with a node name, ports, folders and a port mapper (epmd) of its own. */
async function startScript(path: string, tls?: Identity & { readonly port: number }): Promise<Server> {
  const user = unprivilegedUser('rabbitmq', 'nobody');
  const folder = temporaryFolder('attune-test-rabbitmq-', user);
  const [port, managementPort, distributionPort, mapperPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  writeFileSync(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.local = 127.0.0.1:${port}`,
      `management.tcp.port = ${managementPort}`,
      'management.tcp.ip = 127.0.0.1',
      'vm_memory_high_watermark.absolute = 1GB',
      'disk_free_limit.absolute = 50MB',
      'log.console = false',
      ...(tls === undefined ? [] : secureLines(tls, folder)),
    ].join('\n'),
  );
  writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n');
  const managementUrl = `http://guest:guest@127.0.0.1:${managementPort}`;
  const stop = await startGuarded(
    {
      // Started here and not by Erlang, the port mapper stays in the group that is killed at the end.
      command: ['sh', '-c', 'epmd -port "$ERL_EPMD_PORT" & exec "$0"', path],
      folder,
      signal: 'SIGKILL',
      user,
      environment: environmentOf(folder, distributionPort, mapperPort),
    },
    async () =>
      (await management(managementUrl, 'GET', '/health/checks/port-listener/' + port)) !== undefined,
  );
  return { url: `amqp://guest:guest@127.0.0.1:${port}`, managementUrl, stop };
}

function secureLines(
  { certificate, key, port }: Identity & { readonly port: number },
  folder: string,
): string[] {
  const [certificateFile, keyFile] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, key);
  return [
    `listeners.ssl.local = 127.0.0.1:${port}`,
    `ssl_options.certfile = ${certificateFile}`,
    `ssl_options.keyfile = ${keyFile}`,
  ];
}

/**
 * It does not wait busily where others need the processor too (as RabbitMQ's own guide on the runtime advises), nor for the disk: what it
 * keeps is thrown away, as with the PostgreSQL of the tests.
 */
const erlangFlags = '+sbwt none +sbwtdcpu none +sbwtdio none -ra wal_sync_method none';

function environmentOf(folder: string, distributionPort: number, mapperPort: number): Record<string, string> {
  return {
    HOME: folder,
    // The script then replaces itself by the server instead of waiting for it.
    RUNNING_UNDER_SYSTEMD: '1',
    RABBITMQ_NODENAME: `attune-test-${mapperPort}@localhost`,
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'no-such-file'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangFlags,
    RABBITMQ_DIST_PORT: String(distributionPort),
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}
