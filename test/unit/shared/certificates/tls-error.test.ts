import { describe, expect, test } from 'vitest';
import { tlsError } from '../../../../src/shared/certificates/tls-error.ts';

const peer = { name: 'RabbitMQ', setting: 'message_queue.url' };
const failing = (code: string, message = 'it said no') => Object.assign(new Error(message), { code });

describe('what was wrong with TLS', () => {
  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate_untrusted', 'set ATTUNE_CA_BUNDLE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate_of_another_host', 'let message_queue.url name'],
    ['CERT_HAS_EXPIRED', 'certificate_not_valid_now', 'set the clock'],
    ['CERT_NOT_YET_VALID', 'certificate_not_valid_now', 'set the clock'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no_tls', 'scheme of message_queue.url'],
  ])('%s is %s', (from, code, fix) => {
    const explained = tlsError(failing(from), peer);
    expect(explained).toMatchObject({ code, retryable: true });
    expect(explained?.message).toContain('RabbitMQ');
    expect(explained?.message).toContain('it said no');
    expect(explained?.message).toContain(fix);
  });

  test('a connection that ends in the middle of the handshake is a server without TLS', () => {
    const message = 'Client network socket disconnected before secure TLS connection was established';
    expect(tlsError(failing('ECONNRESET', message), peer)?.code).toBe('no_tls');
  });

  test.each([failing('ECONNREFUSED'), new Error('no code'), 'no error', undefined])(
    '%s is not TLS',
    (error) => {
      expect(tlsError(error, peer)).toBeUndefined();
    },
  );
});
