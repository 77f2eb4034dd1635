import { isIP } from 'node:net';
import type { Configuration } from '../../shared/config/setting.ts';
import type { agentSettings } from '../settings.ts';

/** A server that the agent, or its actions, speak with. */
export interface Peer {
  readonly name: 'PostgreSQL' | 'RabbitMQ' | 'the API';
  /** Names it in the configuration. */
  readonly setting: string;
  readonly host: string;
  readonly port: number;
  /** `unverified`: encrypted, whoever answers. */
  readonly tls: 'none' | 'unverified' | 'verified';
}

type Addresses = Pick<Configuration<typeof agentSettings>, 'databaseUrl' | 'messageQueueUrl' | 'apiUrl'>;

/** The servers that are configured; one for each host. Unix sockets are none. */
export function peersOf({ databaseUrl, messageQueueUrl, apiUrl }: Addresses): Peer[] {
  return [
    ...hostsOf(databaseUrl, 'PostgreSQL', 'database.url'),
    ...hostsOf(messageQueueUrl, 'RabbitMQ', 'message_queue.url'),
    ...hostsOf(apiUrl, 'the API', 'ATTUNE_API_URL'),
  ];
}

/** Whether a look-up is needed to find it. */
export function isNamed({ host }: Pick<Peer, 'host'>): boolean {
  return isIP(host) === 0;
}

const ports: Readonly<Record<string, number>> = {
  'amqp:': 5672,
  'amqps:': 5671,
  'http:': 80,
  'https:': 443,
};
const postgresPort = 5432;

function hostsOf(text: string | undefined, name: Peer['name'], setting: string): Peer[] {
  if (text === undefined) return [];
  const url = new URL(text);
  const port = Number(url.port) || (ports[url.protocol] ?? postgresPort);
  const hosts = decodeURIComponent(url.hostname).split(',');
  return hosts
    .filter((host) => host !== '' && !host.includes('/'))
    .map((host) => ({ name, setting, host: host.replace(/^\[|\]$/g, ''), port, tls: tlsOf(url) }));
}

/** As postgres.js understands `sslmode`: it verifies unless it is told not to. */
function tlsOf({ protocol, searchParams }: URL): Peer['tls'] {
  if (protocol === 'amqps:' || protocol === 'https:') return 'verified';
  if (protocol === 'amqp:' || protocol === 'http:') return 'none';
  const mode = searchParams.get('sslmode') ?? searchParams.get('ssl');
  if (mode === null || mode === 'disable' || mode === 'false') return 'none';
  return ['require', 'allow', 'prefer'].includes(mode) ? 'unverified' : 'verified';
}
