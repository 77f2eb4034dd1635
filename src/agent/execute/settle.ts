import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { deliver } from '../spool/deliver.ts';
import type { AttemptParts, Ended } from './observe.ts';
import type { AttemptRecord } from './record.ts';
import { failedBeforeStart } from './result/failed-before-start.ts';

/** Which attempt of which action. */
export type AttemptName = Pick<AttemptRecord, 'attempt' | 'action'>;

/**
 * Stores the end that a run of an attempt comes to, whatever it is. Resolves when that is stored, fenced off or spooled.
 */
export async function settle(
  { attempt, action }: AttemptName,
  running: Promise<Ended>,
  { delivery, logger }: Pick<AttemptParts, 'delivery' | 'logger'>,
): Promise<void> {
  const ended = await running.catch((error: unknown) => failed(error, { attempt, action }, logger));
  const verdict = ended === undefined ? 'fenced' : await deliver({ attempt, ...ended }, delivery);
  logger.info({ ...attempt, action, state: ended?.outcome.state, verdict }, 'execution ended');
}

function failed(error: unknown, { attempt }: AttemptName, logger: Logger): Ended {
  if (error instanceof AttuneError) return { outcome: failedBeforeStart(error), chunks: [] };
  logger.error({ ...attempt, err: error }, 'attempt failed by a fault of the agent');
  const fault = new AttuneError('internal_error', `The worker failed: ${describeError(error)}`, {
    cause: error,
  });
  return { outcome: failedBeforeStart(fault), chunks: [] };
}
