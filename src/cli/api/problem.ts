import { problem } from '../../contract/problem.ts';
import { AttuneError } from '../../shared/errors.ts';
import { parseJson } from './json.ts';

/** The error that an answer other than 2xx describes, also where something before the server wrote it. */
export async function problemOf(response: Response): Promise<AttuneError> {
  const text = await response.text().catch(() => '');
  const parsed = problem.safeParse(parseJson(text));
  const retryable = response.status >= 500 || response.status === 429;
  if (!parsed.success)
    return new AttuneError(
      'unexpected_answer',
      `${response.url} answered ${response.status} ${response.statusText}, and not in Attune's way. Does --api-url name an Attune server?`,
      { retryable },
    );
  const { code, title, detail, violations = [] } = parsed.data;
  const hint = response.status === 401 ? ' Set ATTUNE_API_TOKEN or ATTUNE_API_TOKEN_FILE.' : '';
  return new AttuneError(code, `${detail ?? title}${hint}`, { violations, retryable });
}
