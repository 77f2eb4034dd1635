import type { Logger } from '../../shared/logger.ts';
import type { Sql } from '../../store/connect.ts';
import {
  abandonExecutions,
  heartbeats,
  loseWorker,
  orphanedAttempts,
  retryExecutions,
  returnUnbegun,
} from '../../store/workers.ts';
import type { SilenceJudge } from './silence.ts';

const most = 1000;
const reason = 'the worker that ran it is gone';

/**
 * Gives up workers that were silent for too long, and then every attempt whose worker is gone: it waits again where it never
 * began, is tried again where the action asks for it, and is else abandoned.
 * @returns whether anything was put back, so that it should be placed now
 */
export async function sweepLost(sql: Sql, judge: SilenceJudge, logger: Logger): Promise<boolean> {
  for (const { worker, heartbeat } of judge.look(await heartbeats(sql), performance.now())) {
    if (await loseWorker(sql, worker, heartbeat)) logger.warn({ worker }, 'worker lost: no heartbeat');
  }
  const orphans = await orphanedAttempts(sql, most);
  if (orphans.length === 0) return false;
  const returned = await returnUnbegun(sql, orphans);
  const retried = await retryExecutions(sql, orphans, reason);
  const abandoned = await abandonExecutions(sql, orphans, reason);
  logger.warn({ returned, retried, abandoned }, 'attempts of gone workers ended');
  return returned + retried > 0;
}
