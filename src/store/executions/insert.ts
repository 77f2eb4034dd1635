import type { RetryPolicy } from '../../contract/action.ts';
import type { Requirement } from '../../contract/capability.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import type { Sql } from '../connect.ts';

/**
 * An execution to store. `parameters` are what anybody may see: each secret one is there as `maskedValue`, its real value in
 * `secretParameters`, sealed. `timeout` in seconds.
 */
export interface NewExecution {
  readonly action: string;
  readonly parameters: JsonObject;
  readonly secretParameters: string | null;
  readonly requirement: Requirement;
  readonly timeout: number;
  readonly retry: RetryPolicy | null;
  readonly placement: { readonly pool: string } | { readonly waitingReason: string };
}

/** What a new execution has beside what it was made of; times as ISO 8601 in UTC. */
export interface Inserted {
  readonly execution: number;
  readonly epoch: number;
  readonly state: 'requested' | 'scheduled';
  readonly pool: string | null;
  readonly waitingReason: string | null;
  readonly requested: string;
  readonly scheduled: string | null;
}

/**
 * Stores a batch in one statement; a placed execution is born scheduled, with epoch 1, and announced to its pool on
 * `attune_ready`. Answers in the order of the batch.
 */
export async function insertExecutions(sql: Sql, executions: readonly NewExecution[]): Promise<Inserted[]> {
  const placements = executions.map(({ placement }) => placement);
  const pools = placements.map((placement) => ('pool' in placement ? placement.pool : null));
  const reasons = placements.map((placement) => ('pool' in placement ? null : placement.waitingReason));
  return sql<Inserted[]>`
    INSERT INTO execution
      (action, parameters, secret_parameters, requirement, timeout, retry, pool, waiting_reason, state, epoch, scheduled)
    SELECT action, parameters::json, secret_parameters, requirement::json, timeout, retry::json, pool, waiting_reason,
      CASE WHEN pool IS NULL THEN 'requested' ELSE 'scheduled' END,
      CASE WHEN pool IS NULL THEN 0 ELSE 1 END,
      CASE WHEN pool IS NULL THEN NULL ELSE now() END
    FROM unnest(
      ${executions.map(({ action }) => action)}::text[],
      ${executions.map(({ parameters }) => JSON.stringify(parameters))}::text[],
      ${executions.map(({ secretParameters }) => secretParameters)}::text[],
      ${executions.map(({ requirement }) => JSON.stringify(requirement))}::text[],
      ${executions.map(({ timeout }) => timeout)}::double precision[],
      ${executions.map(({ retry }) => (retry === null ? null : JSON.stringify(retry)))}::text[],
      ${pools}::text[],
      ${reasons}::text[]
    ) AS new (action, parameters, secret_parameters, requirement, timeout, retry, pool, waiting_reason)
    RETURNING id AS execution, epoch, state, pool, waiting_reason AS "waitingReason", requested, scheduled,
      CASE WHEN pool IS NOT NULL THEN pg_notify('attune_ready', pool) END AS announced`;
}
