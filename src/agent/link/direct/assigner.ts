import type { Assignment } from '../../../contract/assignment.ts';
import { secretNames, type JsonObject } from '../../../contract/parameter-schema.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import { createSecretBox, type SecretBox } from '../../../shared/secret-box.ts';
import type { Sql } from '../../../store/connect.ts';
import type { ClaimedRow } from '../../../store/executions/claim.ts';
import { finishExecution } from '../../../store/executions/finish.ts';
import { failedBeforeStart } from '../../execute/result/failed-before-start.ts';

export interface AssignerOptions {
  readonly encryptionKey: string | undefined;
  readonly logger: Logger;
}

/**
 * Makes the assignment out of a claimed row: secret parameters are opened here. A row that can never become one (its action
 * vanished, the key is wrong) is ended as failed with the reason, and answered with `undefined`.
 */
export function createAssigner(
  sql: Sql,
  worker: number,
  { encryptionKey, logger }: AssignerOptions,
): (row: ClaimedRow) => Promise<Assignment | undefined> {
  const box = encryptionKey === undefined ? undefined : createSecretBox(encryptionKey);
  return async (row) => {
    try {
      return toAssignment(row, box);
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      logger.error(
        { execution: row.execution, code: error.code, reason: error.message },
        'claimed execution cannot run',
      );
      await finishExecution(sql, { ...row, worker }, failedBeforeStart(error), []);
      return undefined;
    }
  };
}

function toAssignment(row: ClaimedRow, box: SecretBox | undefined): Assignment {
  const { action, pack } = row;
  if (action === null || pack.digest === null) {
    throw new AttuneError('unknown_action', 'The action was removed after this execution was requested');
  }
  return {
    execution: row.execution,
    epoch: row.epoch,
    action,
    pack: { ref: pack.ref, digest: pack.digest },
    runtime: row.runtime,
    parameters: { ...row.parameters, ...openSecrets(row, box) },
    secrets: secretNames(action.parameters),
    timeout: row.timeout,
  };
}

function openSecrets({ secretParameters }: ClaimedRow, box: SecretBox | undefined): JsonObject {
  if (secretParameters === null) return {};
  if (box !== undefined) return box.open(secretParameters);
  throw new AttuneError(
    'encryption_key_missing',
    'The execution has secret parameters, and this worker has no key to open them: set ATTUNE__SECURITY__ENCRYPTION_KEY',
  );
}
