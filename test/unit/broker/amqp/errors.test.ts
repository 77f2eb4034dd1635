import { expect, test } from 'vitest';
import { brokerError } from '../../../../src/broker/amqp/errors.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';

test.for([
  [
    'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "Login was refused"',
    'wrong_credentials',
    false,
  ],
  [
    'Handshake terminated by server: 530 (NOT-ALLOWED) with message "vhost x not found"',
    'unknown_virtual_host',
    false,
  ],
  ['Expected ConnectionOpenOk; got <ConnectionClose channel:0>', 'unknown_virtual_host', false],
  [
    'Operation failed: QueueDeclare; 406 (PRECONDITION-FAILED) with message "inequivalent arg"',
    'queue_mismatch',
    false,
  ],
  ['connect ECONNREFUSED 127.0.0.1:5672', 'broker_unreachable', true],
  ['Channel closed', 'broker_unreachable', true],
] as const)('%s is %s', ([message, code, retryable]) => {
  expect(brokerError(new Error(message))).toMatchObject({ code, retryable });
});

test('an error of ours stays as it is', () => {
  const error = new AttuneError('queue_mismatch', 'told already');
  expect(brokerError(error)).toBe(error);
});
