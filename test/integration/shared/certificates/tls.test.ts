import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openAmqpRoad } from '../../../../src/broker/amqp/amqp-road.ts';
import { createClient } from '../../../../src/cli/api/client.ts';
import { trustCaBundle } from '../../../../src/shared/certificates/trust.ts';
import { createLogger } from '../../../../src/shared/logger.ts';
import { databaseError, openDatabase } from '../../../../src/store/connect.ts';
import { createAuthority, type Authority } from '../../../support/certificates.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { startPostgresWithTls } from '../../../support/servers/postgres-sources.ts';
import { startRabbitmqWithTls } from '../../../support/servers/rabbitmq-sources.ts';
import type { Server } from '../../../support/servers/source.ts';
import { startSystem } from '../../../support/system.ts';

const possible = requires('openssl') && requires('/usr/lib/rabbitmq/bin/rabbitmq-server');
const logger = createLogger('silent');
const names = ['DNS:localhost', 'IP:127.0.0.1'];
/** The same host under a name that no certificate has. */
const otherName = '127.1';

describe.skipIf(!possible)('servers with certificates of a private authority', () => {
  const defaults = tls.getCACertificates('default');
  let folder: string;
  let authority: Authority;
  let postgres: Server;
  let rabbitmq: Server;
  let https: HttpsServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'attune-test-'));
    authority = createAuthority(newFolder('authority'));
    const identity = authority.issue(...names);
    // A connection that is kept would not be judged again.
    https = createServer({ key: identity.key, cert: identity.certificate }, (_, response) =>
      response.setHeader('connection', 'close').end('"hello"'),
    ).listen(0, '127.0.0.1');
    [postgres, rabbitmq] = await Promise.all([
      startPostgresWithTls(identity),
      startRabbitmqWithTls(identity),
      once(https, 'listening'),
    ]);
  });
  afterAll(async () => {
    https.close();
    https.closeAllConnections();
    await Promise.all([postgres.stop(), rabbitmq.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => tls.setDefaultCACertificates(defaults));

  describe.each([
    ['PostgreSQL', queryDatabase],
    ['RabbitMQ', openRoad],
    ['the server', askApi],
  ])('%s', (name, speak) => {
    test.each(['localhost', '127.0.0.1'])('is trusted as %s with ATTUNE_CA_BUNDLE', async (host) => {
      trustCaBundle(authority.file);
      await expect(speak(host)).resolves.toBe('hello');
    });

    test('is not trusted without', async () => {
      await expect(speak('localhost')).rejects.toMatchObject({
        code: 'certificate_untrusted',
        message: expect.stringContaining(`certificate of ${name}`) as unknown,
      });
    });

    test('is not trusted with another authority, and the error names the setting', async () => {
      trustCaBundle(createAuthority(folderWith({})).file);
      await expect(speak('localhost')).rejects.toMatchObject({
        code: 'certificate_untrusted',
        message: expect.stringContaining('set ATTUNE_CA_BUNDLE') as unknown,
      });
    });
  });

  test.each([
    ['PostgreSQL', queryDatabase],
    ['RabbitMQ', openRoad],
  ])('%s under a name that its certificate does not have is refused', async (name, speak) => {
    trustCaBundle(authority.file);
    await expect(speak(otherName)).rejects.toMatchObject({
      code: 'certificate_of_another_host',
      message: expect.stringContaining(`The certificate of ${name} is another host's`) as unknown,
    });
  });

  test('a port without TLS is told from one with', async () => {
    trustCaBundle(authority.file);
    const plain = new URL(rabbitmq.managementUrl ?? '');
    await expect(openAmqpRoad(`amqps://localhost:${plain.port}`, logger)).rejects.toMatchObject({
      code: 'no_tls',
    });
  });

  test('a whole system works, and its executions reach others by their own tools', async () => {
    trustCaBundle(authority.file);
    const packs = newFolder('packs');
    const environment = {
      PATH: process.env['PATH'] ?? '',
      ATTUNE__DATABASE__URL: databaseUrl('localhost'),
      ATTUNE__MESSAGE_QUEUE__URL: brokerUrl('localhost'),
      ATTUNE_CA_BUNDLE: authority.file,
      ATTUNE_PACKS_BASE_DIR: packs,
      ATTUNE_WORKER_SPOOL_DIR: newFolder('spool'),
      ATTUNE_WORKER_TMP_DIR: newFolder('tmp'),
      ATTUNE_WORKER_RUNTIMES: 'shell,node',
      NODE_URL: apiUrl('localhost'),
    };
    const ground = {
      databaseUrl: databaseUrl('localhost'),
      brokerUrl: brokerUrl('localhost'),
      environment,
      packs,
      spool: join(folder, 'spool'),
    };
    const system = await startSystem('rabbitmq', {}, ground);
    await system.register({
      'ask.yaml': 'ref: test.ask\nrunner_type: node\nentry_point: ask.js\n',
      'ask.js': `fetch(process.env.NODE_URL).then((answer) => answer.text()).then(console.log);\n`,
      'curl.yaml': 'ref: test.curl\nentry_point: curl.sh\n',
      'curl.sh': `curl --silent --show-error "$NODE_URL"\n`,
    });
    await system.startAgent();
    const actions = requires('curl') ? ['test.ask', 'test.curl'] : ['test.ask'];
    const done = await Promise.all(
      actions.map(async (action) => system.reaches((await system.execute(action)).id)),
    );
    for (const execution of done)
      expect(execution).toMatchObject({
        state: 'completed',
        result: { data: expect.stringMatching(/hello/) as unknown },
      });
  });

  function newFolder(name: string): string {
    mkdirSync(join(folder, name));
    return join(folder, name);
  }

  function databaseUrl(host: string): string {
    return postgres.url.replace('127.0.0.1', host).concat('?sslmode=verify-full');
  }

  function brokerUrl(host: string): string {
    return rabbitmq.url.replace('127.0.0.1', host);
  }

  function apiUrl(host: string): string {
    const address = https.address();
    return `https://${host}:${typeof address === 'object' ? address?.port : ''}`;
  }

  async function queryDatabase(host: string): Promise<unknown> {
    const sql = openDatabase(databaseUrl(host), { name: 'attune-test', connections: 1 });
    try {
      const [row] = await sql`SELECT 'hello' AS word`;
      return row?.['word'];
    } catch (error) {
      throw databaseError(error);
    } finally {
      await sql.end();
    }
  }

  async function openRoad(host: string): Promise<string> {
    const road = await openAmqpRoad(brokerUrl(host), logger);
    await road.close();
    return 'hello';
  }

  function askApi(host: string): Promise<string> {
    return createClient({ url: apiUrl(host) }).send({ path: '/', answer: z.string() });
  }
});
