import { tlsError } from '../../shared/certificates/tls-error.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { whyUnreachable } from '../../shared/why-unreachable.ts';

/** Errors that no repetition heals, by the broker's own words: amqplib gives the handshake's errors no code. */
const refusals = [
  {
    pattern: /ACCESS[-_]REFUSED/,
    code: 'wrong_credentials',
    fix: 'check user, password and permissions of message_queue.url',
  },
  {
    // All that amqplib tells when the broker refuses the virtual host.
    pattern: /NOT[-_]ALLOWED|Expected ConnectionOpenOk; got <ConnectionClose/,
    code: 'unknown_virtual_host',
    fix: 'the path of message_queue.url must name a virtual host that exists and that the user may use',
  },
  {
    pattern: /PRECONDITION[-_]FAILED/,
    code: 'queue_mismatch',
    fix: 'the queue or exchange exists with other settings: delete it in RabbitMQ, Attune makes it again',
  },
] as const;

/**
 * Any failure of RabbitMQ or of the way to it as an AttuneError: `wrong_credentials`, `unknown_virtual_host`,
 * `queue_mismatch`, what `tlsError` knows, else `broker_unreachable` (retryable).
 */
export function brokerError(error: unknown): AttuneError {
  if (error instanceof AttuneError) return error;
  const ofTls = tlsError(error, { name: 'RabbitMQ', setting: 'message_queue.url' });
  if (ofTls !== undefined) return ofTls;
  const reason = describeError(error);
  const refusal = refusals.find(({ pattern }) => pattern.test(reason));
  if (refusal === undefined) return unreachable(reason, error);
  return new AttuneError(refusal.code, `RabbitMQ refuses: ${reason}. Fix: ${refusal.fix}`, { cause: error });
}

/** The broker does not answer, or not as it should: the same call may work later. */
export function unreachable(reason: string, cause?: unknown): AttuneError {
  return new AttuneError(
    'broker_unreachable',
    `RabbitMQ can't be reached (${reason}): ${whyUnreachable(reason, 'message_queue.url')}`,
    {
      retryable: true,
      cause,
    },
  );
}
