import type { Requirement } from '../../contract/capability.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import type { StoredRetry } from '../../contract/retry.ts';
import { json, type Sql } from '../connect.ts';

/**
 * An execution to store. `parameters` are what anybody may see: each secret one is there as `maskedValue`, its real value in
 * `secretParameters`, sealed. `timeout` in seconds.
 */
export interface NewExecution {
  readonly action: string;
  /** Of the revision of its pack that it runs with. */
  readonly packDigest: string;
  readonly parameters: JsonObject;
  readonly secretParameters: string | null;
  readonly requirement: Requirement;
  /** The one name of the action's runtime. */
  readonly runtime: string;
  readonly timeout: number;
  readonly retry: StoredRetry | null;
  /** The execution that this one repeats. */
  readonly retryOf: number | null;
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
 * Stores a batch in one statement; a placed execution is born scheduled, with epoch 1. Answers in the order of the batch.
 * @param options.announce whether to tell the pools on `attune_ready`: for nothing, where another road carries the hints
 */
export async function insertExecutions(
  sql: Sql,
  executions: readonly NewExecution[],
  { announce }: { readonly announce: boolean } = { announce: true },
): Promise<Inserted[]> {
  // One parameter that is a document: PostgreSQL and the driver need twice as long for an array for each column.
  const stored = await sql<Stored[]>`
    INSERT INTO execution
      (action, pack_digest, parameters, secret_parameters, requirement, runtime, timeout, retry, retry_of, pool, waiting_reason, state, epoch, scheduled)
    SELECT action, pack_digest, parameters::json, secret_parameters, requirement::json, runtime, timeout, retry::json, retry_of, pool, waiting_reason,
      CASE WHEN pool IS NULL THEN 'requested' ELSE 'scheduled' END,
      CASE WHEN pool IS NULL THEN 0 ELSE 1 END,
      CASE WHEN pool IS NULL THEN NULL ELSE now() END
    FROM json_to_recordset(${json(sql, executions.map(toRow))}) AS new (action text, pack_digest text, parameters text, secret_parameters text,
      requirement text, runtime text, timeout double precision, retry text, retry_of bigint, pool text, waiting_reason text)
    RETURNING id AS execution, requested,
      CASE WHEN ${announce} AND pool IS NOT NULL THEN pg_notify('attune_ready', pool) END AS announced`;
  return executions.flatMap(({ placement }, index) => {
    const row = stored[index];
    return row === undefined ? [] : inserted(row, placement);
  });
}

interface Stored {
  readonly execution: number;
  readonly requested: string;
}

/** Documents as texts: as parts of the one document, PostgreSQL would refuse those with a NUL in a string. */
function toRow({
  action,
  packDigest,
  parameters,
  secretParameters,
  requirement,
  runtime,
  timeout,
  retry,
  retryOf,
  placement,
}: NewExecution) {
  return {
    action,
    pack_digest: packDigest,
    parameters: JSON.stringify(parameters),
    secret_parameters: secretParameters,
    requirement: JSON.stringify(requirement),
    runtime,
    timeout,
    retry: retry === null ? null : JSON.stringify(retry),
    retry_of: retryOf,
    pool: 'pool' in placement ? placement.pool : null,
    waiting_reason: 'pool' in placement ? null : placement.waitingReason,
  };
}

function inserted({ execution, requested }: Stored, placement: NewExecution['placement']): Inserted {
  const same = { execution, requested };
  return 'pool' in placement
    ? {
        ...same,
        epoch: 1,
        state: 'scheduled',
        pool: placement.pool,
        waitingReason: null,
        scheduled: requested,
      }
    : {
        ...same,
        epoch: 0,
        state: 'requested',
        pool: null,
        waitingReason: placement.waitingReason,
        scheduled: null,
      };
}
