import type { LogStream } from '../../contract/outcome.ts';
import type { Attempt, KeptAttempt } from '../../contract/worker.ts';
import type { Queries } from '../connect.ts';
import { epochsOf, executionsOf } from './attempts.ts';

/** Attempts with the ends of their logs: how many bytes of each stream are stored, the gap of the output limit included. */
export async function withLogEnds(sql: Queries, attempts: readonly Attempt[]): Promise<KeptAttempt[]> {
  return sql<KeptAttempt[]>`
    SELECT execution, epoch,
      json_build_object('stdout', ${logEnd(sql, 'stdout')}, 'stderr', ${logEnd(sql, 'stderr')}) AS "logEnds"
    FROM unnest(${executionsOf(attempts)}::bigint[], ${epochsOf(attempts)}::integer[]) AS attempt (execution, epoch)
    ORDER BY execution`;
}

function logEnd(sql: Queries, stream: LogStream) {
  return sql`
    coalesce((
      SELECT byte_offset + octet_length(bytes) FROM execution_log AS log
      WHERE log.execution = attempt.execution AND log.epoch = attempt.epoch AND log.stream = ${stream}
      ORDER BY byte_offset DESC LIMIT 1
    ), 0)`;
}
