import { tlsError } from '../shared/certificates/tls-error.ts';
import { AttuneError, describeError } from '../shared/errors.ts';
import { whyUnreachable } from '../shared/why-unreachable.ts';

/** Codes of Node and of postgres.js for a server that can't be reached, or whose connection broke. */
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
]);

/** SQLSTATEs of a server that starts, stops, or takes no more connections, and of a standby that was just promoted. */
const unavailable = /^(08|57P0[1-5]|53300|25006)/;
/** Classes of SQLSTATE that heal by themselves: conflicts, lack of resources, locks, intervention, disk. */
const passing = /^(40|53|55|57|58)/;
const wrongCredentials = new Set(['28P01', '28000']);
const unknownDatabase = '3D000';

/**
 * Any error of the store as an AttuneError: what `tlsError` knows, `database_unreachable` (retryable), `wrong_credentials`, `unknown_database`,
 * or `database_error` (retryable where PostgreSQL says that it may pass). An AttuneError stays as it is.
 */
export function databaseError(error: unknown): AttuneError {
  if (error instanceof AttuneError) return error;
  const ofTls = tlsError(error, { name: 'PostgreSQL', setting: 'database.url' });
  if (ofTls !== undefined) return ofTls;
  const code = codeOf(error);
  const message = describeError(error);
  if (connectionCodes.has(code) || unavailable.test(code)) {
    return new AttuneError(
      'database_unreachable',
      `PostgreSQL cannot be reached (${message}): ${whyUnreachable(`${code} ${message}`, 'database.url')}`,
      { retryable: true, cause: error },
    );
  }
  if (code === '28000' && message.includes('no encryption')) {
    return new AttuneError(
      'wrong_credentials',
      `PostgreSQL wants TLS (${message}): add ?sslmode=verify-full to database.url`,
      { cause: error },
    );
  }
  if (wrongCredentials.has(code)) {
    return new AttuneError(
      'wrong_credentials',
      `PostgreSQL refuses the login (${message}): check user and password in database.url`,
      { cause: error },
    );
  }
  if (code === unknownDatabase) {
    return new AttuneError(
      'unknown_database',
      `PostgreSQL does not know the database (${message}): create it, or correct database.url`,
      { cause: error },
    );
  }
  return new AttuneError('database_error', `PostgreSQL failed (${code}): ${message}`, {
    retryable: passing.test(code),
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
