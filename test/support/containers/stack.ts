import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';

import { createClient, type Client } from '../../../src/cli/api/client.ts';
import { registerPack } from '../../../src/cli/api/endpoints.ts';
import type { Identity } from '../certificates.ts';
import { docker } from '../docker.ts';
import { getImage } from '../images/image.ts';
import { serverImages } from '../images/servers.ts';
import { nativePack } from '../sealed/native-pack.ts';
import { sealedProbe } from '../sealed/probe.ts';
import type { Environment } from '../system.ts';
import { removeLabelled } from './leftovers.ts';
import { buildProductImages, type ProductImages } from './product-images.ts';
import { postgresWithTls, rabbitmqWithTls } from './tls.ts';

/** Where the servers of a stack have second names. */
export const domain = 'attune.example';

/** The names of a server of a stack in its network: `postgres` and `my-postgres.attune.example`. */
export function namesOf(server: string): [string, string] {
  return [server, `my-${server}.${domain}`];
}

/** PostgreSQL, RabbitMQ and the server as containers of one network, and the volumes that workers mount. */
export interface Stack {
  readonly client: Client;
  readonly network: string;
  /** What all that belongs to this stack is labelled with. */
  readonly label: string;
  /** A volume with the agent, filled by the init container. */
  readonly agentVolume: string;
  readonly packsVolume: string;
  /** What a worker must be told. */
  readonly environment: Environment;
  /** Removes everything. */
  stop(): Promise<void>;
}

const secrets = {
  password: 'a-password-of-the-tests',
  token: 'a-token-of-the-tests',
  key: 'a key for tests that is long enough',
};

/** Every variable that both server and workers take. */
const connections: Environment = {
  ATTUNE__DATABASE__URL: `postgres://attune:${secrets.password}@postgres:5432/attune`,
  ATTUNE__MESSAGE_QUEUE__URL: `amqp://attune:${secrets.password}@rabbitmq:5672`,
  ATTUNE__SECURITY__ENCRYPTION_KEY: secrets.key,
};

/**
 * Starts a stack with the packs `greetings` and `native`.
 * @param identity what PostgreSQL and RabbitMQ show to those who ask for TLS; absent: they do not speak it
 */
export async function startStack(identity?: Identity): Promise<Stack> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const name = `attune-test-${randomBytes(4).toString('hex')}`;
  const parts = { name, label: `attune.test=${name}` };
  try {
    const images = await buildProductImages();
    const volumes = await prepareVolumes(parts, images);
    await docker(['network', 'create', '--label', parts.label, name]);
    await Promise.all([startPostgres(parts, identity), startRabbitmq(parts, identity)]);
    const server = await startServer(parts, images, volumes.packs);
    const url = `http://${server.getHost()}:${server.getMappedPort(8080)}`;
    const client = createClient({ url, token: secrets.token });
    for (const pack of ['greetings', 'native']) await registerPack(client, `/given/${pack}`);
    return {
      client,
      network: name,
      label: parts.label,
      agentVolume: volumes.agent,
      packsVolume: volumes.packs,
      environment: connections,
      stop: () => removeLabelled(parts.label),
    };
  } catch (error) {
    await removeLabelled(parts.label);
    throw error;
  }
}

interface Parts {
  readonly name: string;
  readonly label: string;
}

async function prepareVolumes({ name, label }: Parts, { agentInit }: ProductImages) {
  const [agent, packs] = [`${name}-agent`, `${name}-packs`];
  for (const volume of [agent, packs]) await docker(['volume', 'create', '--label', label, volume]);
  const mount = ['--volume', `${agent}:/opt/attune/agent`];
  await docker(['run', '--rm', '--label', label, ...mount, agentInit]);
  return { agent, packs };
}

function container(image: string, server: string, { name, label }: Parts): GenericContainer {
  const [key = '', value = ''] = label.split('=');
  return new GenericContainer(image)
    .withName(`${name}-${server}`)
    .withLabels({ [key]: value })
    .withNetworkMode(name)
    .withNetworkAliases(...namesOf(server));
}

async function startPostgres(parts: Parts, identity?: Identity): Promise<void> {
  const postgres = container(await getImage(serverImages.postgres), 'postgres', parts)
    .withEnvironment({ POSTGRES_USER: 'attune', POSTGRES_PASSWORD: secrets.password, POSTGRES_DB: 'attune' })
    .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready --host=127.0.0.1'));
  await (identity === undefined ? postgres : postgresWithTls(postgres, identity)).start();
}

async function startRabbitmq(parts: Parts, identity?: Identity): Promise<void> {
  const rabbitmq = container(await getImage(serverImages.rabbitmq), 'rabbitmq', parts)
    .withEnvironment({ RABBITMQ_DEFAULT_USER: 'attune', RABBITMQ_DEFAULT_PASS: secrets.password })
    .withWaitStrategy(Wait.forLogMessage(/Server startup complete/));
  await (identity === undefined ? rabbitmq : rabbitmqWithTls(rabbitmq, identity)).start();
}

async function startServer(
  parts: Parts,
  { server }: ProductImages,
  packs: string,
): Promise<StartedTestContainer> {
  const native = Object.entries(nativePack);
  return container(server, 'server', parts)
    .withEnvironment({ ...connections, ATTUNE__SECURITY__API_TOKEN: secrets.token })
    .withCopyDirectoriesToContainer([
      { source: join(import.meta.dirname, '../../fixtures/greetings'), target: '/given/greetings' },
    ])
    .withCopyContentToContainer(
      native.map(([path, content]) => ({ content, target: `/given/native/${path}` })),
    )
    .withCopyFilesToContainer([
      { source: await sealedProbe(), target: '/given/native/actions/tell', mode: 0o755 },
    ])
    .withBindMounts([{ source: packs, target: '/opt/attune/packs' }])
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp('/health/ready', 8080))
    .start();
}
