import type { GenericContainer } from 'testcontainers';

import type { Identity } from '../certificates.ts';

const [certificate, key] = ['/tls-certificate.pem', '/tls-key.pem'];

/** PostgreSQL takes a key only from a file that is its own, and the files that are copied into a container are root's. */
const postgresCommand = `cp ${key} /tmp/key.pem && chmod 600 /tmp/key.pem
[ "$(id -u)" != 0 ] || chown postgres /tmp/key.pem
exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=${certificate} -c ssl_key_file=/tmp/key.pem`;

/** Makes a container of PostgreSQL offer TLS on its port. */
export function postgresWithTls(container: GenericContainer, identity: Identity): GenericContainer {
  return withFiles(container, identity).withEntrypoint(['sh', '-c']).withCommand([postgresCommand]);
}

/** Makes a container of RabbitMQ listen on port 5671, too, with TLS. */
export function rabbitmqWithTls(container: GenericContainer, identity: Identity): GenericContainer {
  const content = `listeners.ssl.default = 5671
ssl_options.certfile = ${certificate}
ssl_options.keyfile = ${key}
`;
  const target = '/etc/rabbitmq/conf.d/90-tls.conf';
  return withFiles(container, identity).withCopyContentToContainer([{ content, target, mode: 0o644 }]);
}

function withFiles(container: GenericContainer, identity: Identity): GenericContainer {
  return container.withCopyContentToContainer([
    { content: identity.certificate, target: certificate, mode: 0o644 },
    { content: identity.key, target: key, mode: 0o644 },
  ]);
}
