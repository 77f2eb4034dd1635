import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Problem } from '../../contract/problem.ts';
import { AttuneError } from '../../shared/errors.ts';
import { databaseError } from '../../store/database-error.ts';
import { internalProblem, toProblem } from './problem.ts';

/**
 * Any error of a request as what the client is told.
 * @param bodyLimit in bytes, of the route that was asked for
 */
export function problemOf(error: unknown, bodyLimit: number | undefined): Problem {
  if (error instanceof AttuneError) return toProblem(error);
  if (hasZodFastifySchemaValidationErrors(error)) return toProblem(invalidRequest(error));
  const known = (error instanceof Error ? fromFramework(error, bodyLimit) : undefined) ?? passing(error);
  return known === undefined ? internalProblem : toProblem(known);
}

const places: Readonly<Record<string, string>> = {
  params: 'path',
  querystring: 'query',
  headers: 'header',
  body: 'body',
};

function invalidRequest(error: Pick<FastifyError, 'validation' | 'validationContext'>): AttuneError {
  const place = places[error.validationContext ?? 'body'] ?? 'body';
  const violations = (error.validation ?? []).map(({ instancePath, message }) => ({
    path: [place, ...instancePath.split('/').filter((part) => part !== '')].join('.'),
    message: message ?? 'is invalid',
  }));
  const summary = violations.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new AttuneError('invalid_request', `The request is wrong: ${summary}`, { violations });
}

/** What is wrong with the database and may pass by itself; everything else that it says is our own fault. */
function passing(error: unknown): AttuneError | undefined {
  const mapped = databaseError(error);
  return mapped.retryable ? mapped : undefined;
}

/** Errors of Fastify and Node that a client caused, in our words. */
function fromFramework(error: Error, bodyLimit: number | undefined): AttuneError | undefined {
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AttuneError(
        'body_too_large',
        `The body has more than the ${bodyLimit} bytes that server.body_limit allows`,
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AttuneError('unsupported_media_type', 'Send the body as "Content-Type: application/json"');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new AttuneError(
        'malformed_json',
        'The body is empty or no valid JSON, or has a key "__proto__"',
      );
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AttuneError('malformed_request', 'The body has another length than Content-Length says');
    case 'FST_ERR_BAD_URL':
      return new AttuneError('malformed_url', 'The URL holds a malformed escape: percent-encode it as UTF-8');
    default:
      return undefined;
  }
}
