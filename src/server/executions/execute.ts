import { maskedValue } from '../../contract/api/execution.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import { storedRetry, type RetryPolicy } from '../../contract/retry.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { SecretBox } from '../../shared/secret-box.ts';
import type { NewExecutionRequest } from '../scheduler/scheduler.ts';
import type { ActionCatalog, RunnableAction } from './action-catalog.ts';

/** What a client asks for. */
export interface ExecuteOrder {
  readonly action: string;
  readonly parameters: JsonObject;
  /** Instead of the action's own. */
  readonly retry?: RetryPolicy | undefined;
  /** The execution that this one repeats. */
  readonly retryOf?: number;
}

/**
 * Turns what a client asks for into an execution that can be stored: defaults are filled in (into `parameters` itself),
 * everything is checked, secrets are sealed.
 * @param secretBox absent where the server has no encryption key
 * @throws AttuneError `unknown_action`, `action_disabled`, `invalid_parameters` with every problem, `encryption_key_missing`
 */
export async function prepareExecution(
  { action: ref, parameters, retry, retryOf }: ExecuteOrder,
  catalog: ActionCatalog,
  secretBox: SecretBox | undefined,
): Promise<NewExecutionRequest> {
  const action = await catalog.find(ref);
  const { definition } = action;
  if (!definition.enabled) {
    throw new AttuneError(
      'action_disabled',
      `The action "${ref}" is disabled in its pack ("enabled: false")`,
    );
  }
  const violations = action.validate(parameters);
  if (violations.length > 0) {
    const summary = violations.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new AttuneError('invalid_parameters', `"${ref}" can't run with these parameters: ${summary}`, {
      violations,
    });
  }
  return {
    action: ref,
    packDigest: definition.pack_digest,
    ...separateSecrets(action, parameters, secretBox),
    requirement: action.requirement,
    runtime: action.runtime,
    timeout: definition.timeout,
    retry: storedRetry(retry ?? definition.retry),
    retryOf: retryOf ?? null,
  };
}

function separateSecrets(
  { definition, secrets }: RunnableAction,
  parameters: JsonObject,
  secretBox: SecretBox | undefined,
): Pick<NewExecutionRequest, 'parameters' | 'secretParameters'> {
  const given = secrets.filter((name) => parameters[name] !== undefined);
  if (given.length === 0) return { parameters, secretParameters: null };
  if (secretBox === undefined) throw keyMissing(definition.ref, given);
  const secret = Object.fromEntries(given.map((name) => [name, parameters[name] ?? null]));
  const masked = Object.fromEntries(given.map((name) => [name, maskedValue]));
  return { parameters: { ...parameters, ...masked }, secretParameters: secretBox.seal(secret) };
}

function keyMissing(ref: string, names: readonly string[]): AttuneError {
  return new AttuneError(
    'encryption_key_missing',
    `"${ref}" takes secret parameters (${names.join(', ')}), and this server has no key to store them under: ` +
      'set ATTUNE__SECURITY__ENCRYPTION_KEY to at least 32 characters, the same for all servers and direct workers',
  );
}
