import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doctorCommand } from '../../../../src/agent/commands/doctor.ts';
import { tlsChecks } from '../../../../src/agent/doctor/checks/tls.ts';
import { examine } from '../../../../src/agent/doctor/examine.ts';
import type { Peer } from '../../../../src/agent/doctor/peers.ts';
import { trustCaBundle } from '../../../../src/shared/certificates/trust.ts';
import { createAuthority } from '../../../support/certificates.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { availableRoads, startSystem } from '../../../support/system.ts';

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly fix?: string;
}

describe.each(availableRoads())('doctor over %s', (road) => {
  test('finds nothing wrong with a system that works', async () => {
    const system = await startSystem(road);
    const { findings, text } = await doctor({ ...system.environment, ATTUNE_API_URL: system.url });
    for (const check of ['database', 'broker', 'api', 'clock', 'packs', 'runtimes', 'settings'])
      expect(findings).toContainEqual(expect.objectContaining({ check, status: 'ok' }));
    expect(text).not.toContain(`:${new URL(system.databaseUrl).password}@`);
  });
});

describe.skipIf(!requires('postgres'))('doctor', () => {
  test('names a database without the schema', async () => {
    const system = await startSystem('postgresql');
    const url = new URL(system.databaseUrl);
    url.pathname = 'postgres';
    const { findings, code } = await doctor({ ...system.environment, ATTUNE__DATABASE__URL: url.href });
    expect(code).toBe(1);
    expect(of(findings, 'database')).toMatchObject({
      status: 'failure',
      message: expect.stringContaining('start an Attune server') as unknown,
    });
  });
});

describe('doctor without servers', () => {
  const environment = { PATH: '', HOME: '/dev/null/home' };

  test('names what is missing, each with its fix, and shows no secret', async () => {
    const { findings, code, text } = await doctor({
      ...environment,
      ATTUNE__DATABASE__URL: 'postgres://me:hunter2@nowhere.invalid/x',
      ATTUNE__MESSAGE_QUEUE__URL: 'amqp://me:hunter2@127.0.0.1:1',
      ATTUNE_API_URL: 'http://127.0.0.1:9',
      ATTUNE_CA_BUNDLE: '/nonexistent/ca.pem',
      ATTUNE__DATABASE__URI: 'a typing error',
    });
    expect(code).toBe(1);
    for (const [check, status, words] of [
      ['dns nowhere.invalid', 'failure', 'is not found'],
      ['database', 'failure', 'database.url'],
      ['broker', 'failure', 'ECONNREFUSED'],
      ['api', 'failure', 'does not answer'],
      ['authorities', 'failure', 'ATTUNE_CA_BUNDLE names a file'],
      ['settings', 'warning', 'ATTUNE__DATABASE__URI'],
      ['home', 'warning', '/dev/null/home'],
      ['clock', 'warning', 'no server tells the time'],
    ] as const)
      expect(of(findings, check)).toMatchObject({
        status,
        message: expect.stringContaining(words) as unknown,
      });
    expect(text).not.toContain('hunter2');
  });

  test.skipIf(!requires('root'))('names a folder that the user of executions can not use', async () => {
    const packs = folderWith({});
    const { findings } = await doctor({
      ...environment,
      ATTUNE_JOB_USER: '65532',
      ATTUNE_PACKS_BASE_DIR: packs,
    });
    expect(of(findings, 'jobs')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining(`they can't use ${packs}`) as unknown,
    });
  });

  test('tells a clock that is wrong', async () => {
    const server = createHttpServer((_, response) => {
      response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString()).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const ATTUNE_API_URL = `http://127.0.0.1:${portOf(server.address())}`;
    const { findings } = await doctor({ ...environment, ATTUNE_API_URL });
    expect(of(findings, 'clock')).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/^3\d{3} s behind the server/) as unknown,
    });
  });

  test('wants a database', async () => {
    const { findings } = await doctor(environment);
    expect(of(findings, 'database')?.fix).toContain('set ATTUNE__DATABASE__URL');
  });

  test('gives up a server that never says a word', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const peer = peerAt(portOf(silent.address()), { name: 'PostgreSQL' });
    expect(await examine(tlsChecks([peer]), 0.2)).toMatchObject([
      { status: 'failure', message: 'no answer within 0.2 s' },
    ]);
  });

  test('tells a PostgreSQL that has no TLS', async () => {
    const plain = createServer((socket) => socket.once('data', () => socket.end('N'))).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const peer = peerAt(portOf(plain.address()), { name: 'PostgreSQL' });
    expect(await examine(tlsChecks([peer]), 5)).toMatchObject([
      { status: 'failure', message: 'PostgreSQL has TLS turned off' },
    ]);
  });
});

describe.skipIf(!requires('openssl'))('doctor on certificates', () => {
  test('warns of one that ends soon, and refuses one of nobody known', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'attune-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const authority = createAuthority(folder);
    const { key, certificate: cert } = authority.issue('DNS:localhost');
    const server = createTlsServer({ key, cert }, (socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const port = portOf(server.address());
    expect(await examine(tlsChecks([peerAt(port)]), 5)).toMatchObject([
      {
        check: `tls localhost:${port}`,
        status: 'failure',
        message: expect.stringContaining('ATTUNE_CA_BUNDLE') as unknown,
      },
    ]);
    expect(await examine(tlsChecks([peerAt(port, { tls: 'unverified' })]), 5)).toMatchObject([
      { status: 'warning', fix: 'set sslmode=verify-full' },
    ]);
    trustCaBundle(authority.file);
    expect(await examine(tlsChecks([peerAt(port)]), 5)).toMatchObject([
      {
        status: 'warning',
        message: 'certificate of authority, trusted, valid for 1 more days',
        fix: 'renew it',
      },
    ]);
  });
});

function peerAt(port: number, differences: Partial<Peer> = {}): Peer {
  return {
    name: 'RabbitMQ',
    setting: 'message_queue.url',
    host: 'localhost',
    port,
    tls: 'verified',
    ...differences,
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function doctor(environment: Readonly<Record<string, string>>) {
  const { code, text } = await doctorCommand(['--json'], environment, { coloured: false });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a reader of the JSON sees
  const { findings } = JSON.parse(text) as { findings: Finding[] };
  return { code, text, findings };
}

function of(findings: readonly Finding[], check: string): Finding | undefined {
  return findings.find((finding) => finding.check === check);
}
