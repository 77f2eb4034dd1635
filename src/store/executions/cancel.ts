import type { ExecutionState } from '../../contract/execution-state.ts';
import { json, type Sql } from '../connect.ts';
import { notifyTerminal } from './end-notice.ts';
import { unfinishedResult } from './unfinished.ts';
import { inState } from './in-state.ts';

export interface Cancelled {
  readonly state: ExecutionState;
  /** Whether this call made the difference. */
  readonly changed: boolean;
}

/**
 * Cancels an execution: at once where no worker has it, else its worker is told (`canceling`).
 * @returns the state afterwards, or `undefined` where there is no such execution
 */
export async function cancelExecution(sql: Sql, id: number): Promise<Cancelled | undefined> {
  const result = unfinishedResult('cancelled', 'Cancelled before a worker began it');
  const [changed] = await sql<{ state: ExecutionState }[]>`
    WITH changed AS (
      UPDATE execution SET
        state = CASE state WHEN 'running' THEN 'canceling' ELSE 'cancelled' END,
        result = CASE state WHEN 'running' THEN NULL ELSE ${json(sql, result)}::json END,
        finished = CASE state WHEN 'running' THEN NULL ELSE now() END,
        waiting_reason = NULL
      WHERE id = ${id} AND ${inState(sql, 'requested', 'scheduled', 'running')}
      RETURNING id, epoch, state
    )
    SELECT state, CASE state
      WHEN 'canceling' THEN pg_notify('attune_cancel', json_build_object('execution', id)::text)
      ELSE ${notifyTerminal(sql)}
    END FROM changed`;
  if (changed !== undefined) return { state: changed.state, changed: true };
  const [row] = await sql<{ state: ExecutionState }[]>`SELECT state FROM execution WHERE id = ${id}`;
  return row && { state: row.state, changed: false };
}
