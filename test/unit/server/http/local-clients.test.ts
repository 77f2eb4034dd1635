import { expect, test } from 'vitest';
import { isLoopback } from '../../../../src/server/http/local-clients.ts';

test.for(['127.0.0.1', '127.8.9.10', 'localhost', '::1', '[::1]'])(
  '%s is reached from this machine alone',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.for([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  'example.com',
  '127.0.0.1.example.com',
  '127.evil',
  'localhost.evil',
  '',
])('%s may be reached by others', (host) => {
  expect(isLoopback(host)).toBe(false);
});
