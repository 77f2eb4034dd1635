import { expect, test } from 'vitest';
import { AttuneError } from '../../../src/shared/errors.ts';
import { databaseError } from '../../../src/store/database-error.ts';

test.each([
  ['ECONNREFUSED', 'database_unreachable', true],
  ['CONNECTION_CLOSED', 'database_unreachable', true],
  ['57P01', 'database_unreachable', true],
  ['57P03', 'database_unreachable', true],
  ['53300', 'database_unreachable', true],
  ['08006', 'database_unreachable', true],
  ['28P01', 'wrong_credentials', false],
  ['28000', 'wrong_credentials', false],
  ['3D000', 'unknown_database', false],
  ['40P01', 'database_error', true],
  ['53100', 'database_error', true],
  ['23505', 'database_error', false],
  ['CONNECTION_ENDED', 'database_error', false],
])('%s is %s', (code, expected, retryable) => {
  const cause = Object.assign(new Error('what the server said'), { code });
  const error = databaseError(cause);
  expect(error).toMatchObject({ code: expected, retryable, cause });
  expect(error.message).toContain('what the server said');
});

test('a server that wants TLS is told from a wrong password', () => {
  const message = 'no pg_hba.conf entry for host "10.0.0.1", user "me", database "attune", no encryption';
  const error = databaseError(Object.assign(new Error(message), { code: '28000' }));
  expect(error).toMatchObject({ code: 'wrong_credentials', retryable: false });
  expect(error.message).toContain('sslmode=verify-full');
});

test('an error of ours stays as it is, and anything else becomes one', () => {
  const ours = new AttuneError('schema_too_new', 'newer');
  expect(databaseError(ours)).toBe(ours);
  expect(databaseError('text')).toMatchObject({ code: 'database_error', retryable: false });
});
