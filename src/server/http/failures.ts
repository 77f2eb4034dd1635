import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './app-type.ts';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AttuneError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { databaseError } from '../../store/database-error.ts';
import { internalProblem, toProblem } from './problem.ts';
import type { Problem } from '../../contract/problem.ts';

const problemType = 'application/problem+json; charset=utf-8';

/** Every failure of a request becomes a problem document. What the client could not have caused is logged with its stack. */
export function answerFailures(app: App, logger: Logger): void {
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error, request.routeOptions.bodyLimit);
    if (problem.code === 'body_too_large') await drain(request.raw);
    if (problem.status >= 500)
      logger.error({ err: error, route: request.routeOptions.url }, 'request failed');
    if (problem.status === 503) reply.header('retry-after', '1');
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.status(problem.status).type(problemType).send(serialize(problem));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const [path] = request.url.split('?', 1);
    const message = `There is no ${request.method} ${path}: /docs lists what there is`;
    const problem = toProblem(new AttuneError('route_not_found', message));
    return reply.status(problem.status).type(problemType).send(serialize(problem));
  });
}

/** What fails before a route is found, such as a malformed URL, comes here. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const problem = problemOf(error, undefined);
  void reply.status(problem.status).type(problemType).send(serialize(problem));
}

/** Problems are sent as text: the route's own schema is that of its success. */
function serialize(problem: Problem): string {
  return JSON.stringify(problem);
}

function problemOf(error: unknown, bodyLimit: number | undefined): Problem {
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

/** How much of a refused body is read, in bytes and milliseconds. */
const mostDrained = 64 * 1024 * 1024;
const longestDrain = 5000;

/**
 * Reads a body that nobody wants. Clients write first and read then: a connection that is closed under their hands shows
 * them a broken pipe instead of our answer.
 */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(done, longestDrain);
    function done(): void {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done);
      resolve();
    }
    function count(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > mostDrained) done();
    }
    request.on('data', count).on('end', done).on('close', done).resume();
  });
}
