import type { Problem } from '../../contract/problem.ts';
import type { AttuneError } from '../../shared/errors.ts';

/** What a client is told where the server itself is at fault: the log holds the rest. */
export const internalProblem: Problem = {
  type: 'about:blank',
  title: 'Internal server error',
  status: 500,
  code: 'internal_error',
  detail: 'The server failed to answer; its log says why.',
};

/** HTTP statuses of errors that are not plainly the client's input (400). */
const statuses: Readonly<Record<string, number>> = {
  unauthorized: 401,
  wrong_agent_token: 401,
  foreign_origin: 403,
  route_not_found: 404,
  no_agent_file: 404,
  unknown_action: 404,
  unknown_execution: 404,
  unknown_key: 404,
  unknown_pack: 404,
  unknown_pack_archive: 404,
  unknown_runtime: 404,
  unknown_worker: 404,
  action_disabled: 409,
  pack_changed: 409,
  not_ended: 409,
  duplicate_runtime: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  invalid_pack: 422,
  invalid_parameters: 422,
  agent_download_not_configured: 503,
  encryption_key_missing: 503,
  database_unreachable: 503,
  broker_unreachable: 503,
  stopping: 503,
};

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Unprocessable content',
  503: 'Service unavailable',
};

/** An error that the client may read, as an RFC 9457 problem document. Retryable ones are the server's surroundings: 503. */
export function toProblem(error: AttuneError): Problem {
  const status = statuses[error.code] ?? (error.retryable ? 503 : 400);
  return {
    type: 'about:blank',
    title: titles[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.message,
    ...(error.violations.length > 0 ? { violations: [...error.violations] } : {}),
  };
}
