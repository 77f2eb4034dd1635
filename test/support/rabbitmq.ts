import { randomBytes } from 'node:crypto';
import { sharedServer } from './server.ts';
import { management } from './servers/rabbitmq-management.ts';

/** A virtual host of its own on the shared RabbitMQ. `managementUrl` carries credentials (see rabbitmq-management.ts). */
export async function freshBroker(): Promise<{ url: string; managementUrl: string; drop(): Promise<void> }> {
  const { url: serverUrl, managementUrl } = await sharedServer('amqp');
  if (managementUrl === undefined) throw new Error('RabbitMQ runs without its management plugin');
  const name = `attune-test-${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  await management(managementUrl, 'PUT', `/vhosts/${name}`);
  await management(managementUrl, 'PUT', `/permissions/${name}/${url.username || 'guest'}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  });
  url.pathname = name;
  return {
    url: url.href,
    managementUrl,
    drop: async () => void (await management(managementUrl, 'DELETE', `/vhosts/${name}`)),
  };
}
