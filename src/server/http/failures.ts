import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../contract/problem.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { App } from './app-type.ts';
import { drain } from './drain.ts';
import { internalProblem, toProblem } from './problem.ts';
import { problemOf } from './problem-of.ts';

const problemType = 'application/problem+json; charset=utf-8';

/** Every failure of a request becomes a problem document. What only we can mend is logged with its stack. */
export function answerFailures(app: App, logger: Logger): void {
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error, request.routeOptions.bodyLimit);
    if (problem.code === 'body_too_large') await drain(request.raw);
    report(problem, { error, route: request.routeOptions.url }, logger);
    return answer(reply, problem);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const [path] = request.url.split('?', 1);
    const message = `There is no ${request.method} ${path}: /docs lists what there is`;
    return answer(reply, toProblem(new AttuneError('route_not_found', message)));
  });
}

/** What fails before a route is found, such as a malformed URL, comes here. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  void answer(reply, problemOf(error, undefined));
}

/** What to answer a 401 with, where it is not the token of the API. */
const challenges: Readonly<Record<string, string>> = { wrong_agent_token: 'X-Agent-Token' };

/** Sent as text: the route's own schema is that of its success. */
function answer(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', '1');
  if (problem.status === 401) reply.header('www-authenticate', challenges[problem.code] ?? 'Bearer');
  return reply.status(problem.status).type(problemType).send(JSON.stringify(problem));
}

interface Failure {
  readonly error: unknown;
  readonly route: string | undefined;
}

function report(problem: Problem, { error, route }: Failure, logger: Logger): void {
  if (problem.code === internalProblem.code) logger.error({ err: error, route }, 'request failed');
  else if (problem.status >= 500) logger.warn({ route, reason: problem.detail }, 'request failed');
}
