import { expect, test } from 'vitest';
import { isNamed, peersOf } from '../../../../src/agent/doctor/peers.ts';

const none = { databaseUrl: undefined, messageQueueUrl: undefined, apiUrl: undefined };

test('each configured server is a peer, with its usual port', () => {
  expect(
    peersOf({
      databaseUrl: 'postgres://u:p@db/x',
      messageQueueUrl: 'amqps://mq',
      apiUrl: 'http://[::1]:8080',
    }),
  ).toEqual([
    { name: 'PostgreSQL', setting: 'database.url', host: 'db', port: 5432, tls: 'none' },
    { name: 'RabbitMQ', setting: 'message_queue.url', host: 'mq', port: 5671, tls: 'verified' },
    { name: 'the API', setting: 'ATTUNE_API_URL', host: '::1', port: 8080, tls: 'none' },
  ]);
});

test('what is not configured, and a Unix socket, is none', () => {
  expect(peersOf(none)).toEqual([]);
  expect(peersOf({ ...none, databaseUrl: 'postgres:///x?host=/run/postgresql' })).toEqual([]);
  expect(peersOf({ ...none, databaseUrl: 'postgres://%2Frun%2Fpostgresql/x' })).toEqual([]);
});

test('a database may have several hosts', () => {
  const hosts = peersOf({ ...none, databaseUrl: 'postgres://one,two/x' }).map(({ host }) => host);
  expect(hosts).toEqual(['one', 'two']);
});

test.each([
  ['', 'none'],
  ['?sslmode=disable', 'none'],
  ['?sslmode=require', 'unverified'],
  ['?sslmode=prefer', 'unverified'],
  ['?sslmode=verify-full', 'verified'],
  ['?ssl=true', 'verified'],
])('TLS of a database with "%s" is %s', (query, tls) => {
  expect(peersOf({ ...none, databaseUrl: `postgres://db/x${query}` })).toMatchObject([{ tls }]);
});

test('addresses need no look-up', () => {
  expect([{ host: 'db' }, { host: '10.0.0.1' }, { host: '::1' }].map(isNamed)).toEqual([true, false, false]);
});
