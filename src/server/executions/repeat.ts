import { isTerminal } from '../../contract/execution-state.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { SecretBox } from '../../shared/secret-box.ts';
import type { StoredOrder } from '../../store/executions/read-order.ts';
import type { ExecuteOrder } from './execute.ts';

/**
 * What to ask for so that an execution that has ended is run once more.
 * @throws AttuneError `not_ended`, `encryption_key_missing`, and what opening its secrets throws
 */
export function repeatOrder(id: number, order: StoredOrder, secretBox: SecretBox | undefined): ExecuteOrder {
  const { action, state, parameters, secretParameters, retry } = order;
  if (!isTerminal(state)) {
    throw new AttuneError(
      'not_ended',
      `Execution ${id} is ${state}: only one that has ended can be run again`,
    );
  }
  const secrets = secretParameters === null ? {} : open(id, secretParameters, secretBox);
  return {
    action,
    parameters: { ...parameters, ...secrets },
    retry: retry === null ? undefined : { ...retry, on: [...retry.on] },
    retryOf: id,
  };
}

function open(id: number, sealed: string, secretBox: SecretBox | undefined) {
  if (secretBox !== undefined) return secretBox.open(sealed);
  throw new AttuneError(
    'encryption_key_missing',
    `Execution ${id} has secret parameters, and this server has no key to open them: set ATTUNE__SECURITY__ENCRYPTION_KEY`,
  );
}
