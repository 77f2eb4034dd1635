import { expect, test } from 'vitest';
import { whyUnreachable } from '../../../src/shared/why-unreachable.ts';

test.each([
  ['getaddrinfo ENOTFOUND db', 'correct the name in database.url'],
  ['getaddrinfo EAI_AGAIN db', '/etc/resolv.conf'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'nothing listens there'],
  ['write CONNECT_TIMEOUT db:5432', 'firewall'],
  ['connect ETIMEDOUT', 'firewall'],
  ['connect EHOSTUNREACH 10.0.0.1:5432', 'firewall'],
  ['something else', 'check that it runs and that database.url names it'],
])('%s', (reason, words) => {
  expect(whyUnreachable(reason, 'database.url')).toContain(words);
});
