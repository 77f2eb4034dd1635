import { actionDefinition, type ActionDefinition } from '../../contract/action.ts';
import type { Assignment } from '../../contract/assignment.ts';
import { packOf } from '../../contract/names.ts';
import type { Notice } from '../../contract/notice.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import { runtimeDefinition } from '../../contract/runtime.ts';
import { remember } from '../../shared/remember.ts';
import type { Sql } from '../connect.ts';
import { epochsOf, executionsOf } from './attempts.ts';
import { inState } from './in-state.ts';

/**
 * A claimed attempt with all that an assignment is made of, as it was when the execution was requested. `secretParameters` are still
 * sealed; `action` is null where it is not known any more, `runtime` where the control plane has no definition of it. `timeout` in seconds.
 */
export interface ClaimedRow {
  readonly execution: number;
  readonly epoch: number;
  readonly action: ActionDefinition | null;
  readonly pack: { readonly ref: string; readonly digest: string | null };
  readonly runtime: Assignment['runtime'];
  readonly parameters: JsonObject;
  readonly secretParameters: string | null;
  readonly timeout: number;
}

/** Definitions as text: most claims bring one that was read before. */
interface StoredClaim extends Omit<ClaimedRow, 'pack' | 'action' | 'runtime'> {
  readonly ref: string;
  readonly digest: string | null;
  readonly action: string | null;
  readonly runtime: string | null;
}

/**
 * Claims by notice: scheduled → running, only under the noticed epoch, only in the worker's own pool, only for a worker that is
 * online and not cordoned. Answers in the order of the notices, `undefined` for a refusal; a doubled notice is refused once.
 */
export async function claimExecutions(
  sql: Sql,
  worker: number,
  notices: readonly Notice[],
): Promise<(ClaimedRow | undefined)[]> {
  const ordered = notices.toSorted((one, other) => one.execution - other.execution);
  const rows = await sql<StoredClaim[]>`
    UPDATE execution SET state = 'running', worker = worker.id, attempts = attempts + 1, started = now(),
      waiting_reason = NULL
    FROM worker, unnest(${executionsOf(ordered)}::bigint[], ${epochsOf(ordered)}::integer[]) AS notice (execution, epoch)
    WHERE execution.id = notice.execution AND execution.epoch = notice.epoch AND ${inState(sql, 'scheduled')}
      AND worker.id = ${worker} AND worker.pool = execution.pool AND worker.status = 'online' AND NOT worker.cordoned
    RETURNING ${claimColumns(sql)}`;
  const claims = new Map(rows.map((row) => [row.execution, row]));
  return notices.map((notice) => takeClaim(claims, notice));
}

/** What a worker took, and whether more waits in its pool than it had room for. */
export interface NextClaims {
  readonly rows: readonly ClaimedRow[];
  readonly more: boolean;
}

/**
 * Claims up to `count` scheduled executions of the pool, in the order of their placement, skipping those that others are claiming right now.
 * Refuses as `claimExecutions` does.
 */
export async function claimNext(
  sql: Sql,
  { worker, pool, count }: { readonly worker: number; readonly pool: string; readonly count: number },
): Promise<NextClaims> {
  const rows = await sql<(StoredClaim & { more: boolean })[]>`
    WITH next AS (
      SELECT execution.id FROM execution
      WHERE execution.state = 'scheduled' AND execution.pool = ${pool} AND EXISTS (
        SELECT FROM worker
        WHERE id = ${worker} AND worker.pool = ${pool} AND status = 'online' AND NOT cordoned
      )
      ORDER BY execution.scheduled, execution.id LIMIT ${count}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE execution SET state = 'running', worker = ${worker}, attempts = attempts + 1, started = now(),
      waiting_reason = NULL
    WHERE execution.id = ANY (ARRAY(SELECT id FROM next))
    RETURNING ${claimColumns(sql)}, (
      SELECT count(*) > ${count}::integer
      FROM (SELECT FROM execution WHERE state = 'scheduled' AND pool = ${pool} LIMIT ${count} + 1) AS waiting
    ) AS more`;
  return { rows: rows.toSorted(byExecution).map(toClaimedRow), more: rows[0]?.more ?? false };
}

function byExecution(one: StoredClaim, other: StoredClaim): number {
  return one.execution - other.execution;
}

/** What an UPDATE of executions answers. Look-ups of each are cheaper than joins, as there are few. */
function claimColumns(sql: Sql) {
  return sql`
    execution.id AS execution, execution.epoch, execution.action AS ref, execution.parameters,
    execution.secret_parameters AS "secretParameters", execution.timeout,
    coalesce(
      execution.pack_digest,
      (SELECT digest FROM action JOIN pack ON pack.id = action.pack WHERE action.ref = execution.action)
    ) AS digest,
    coalesce(
      (
        SELECT definition::text FROM action_revision AS revision
        WHERE revision.digest = execution.pack_digest AND revision.action = execution.action
      ),
      (SELECT definition::text FROM action WHERE action.ref = execution.action)
    ) AS action,
    coalesce(
      (
        SELECT revision.runtime::text FROM action_revision AS revision
        WHERE revision.digest = execution.pack_digest AND revision.action = execution.action
      ),
      (SELECT runtime.definition::text FROM runtime WHERE runtime.name = execution.runtime),
      -- A name that became an alias since the execution was requested.
      (
        SELECT runtime.definition::text FROM runtime WHERE execution.runtime = ANY (runtime.aliases)
        ORDER BY runtime.name LIMIT 1
      )
    ) AS runtime`;
}

function takeClaim(claims: Map<number, StoredClaim>, { execution, epoch }: Notice): ClaimedRow | undefined {
  const claim = claims.get(execution);
  if (claim === undefined || claim.epoch !== epoch) return undefined;
  claims.delete(execution);
  return toClaimedRow(claim);
}

function toClaimedRow(claim: StoredClaim): ClaimedRow {
  return {
    execution: claim.execution,
    epoch: claim.epoch,
    action: claim.action === null ? null : readAction(claim.action),
    pack: { ref: packOf(claim.ref), digest: claim.digest },
    runtime: claim.runtime === null ? null : readRuntime(claim.runtime),
    parameters: claim.parameters,
    secretParameters: claim.secretParameters,
    timeout: claim.timeout,
  };
}

const readAction = remember((text) => actionDefinition.parse(JSON.parse(text)));

const readRuntime = remember((text) => {
  const { name, execution_config, versions } = runtimeDefinition.parse(JSON.parse(text));
  return { name: canonicalRuntime(name), execution_config, versions };
});
