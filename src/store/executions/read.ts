import type { ExecutionView } from '../../contract/api/execution.ts';
import type { ExecutionState } from '../../contract/execution-state.ts';
import type { Sql } from '../connect.ts';
import { numberAfter, toPage, type Page, type Paged } from '../pages.ts';

export interface ExecutionFilter {
  readonly action?: string | undefined;
  readonly state?: ExecutionState | undefined;
  readonly pool?: string | undefined;
}

/** One execution as the API shows it, or `undefined`. */
export async function findExecution(sql: Sql, id: number): Promise<ExecutionView | undefined> {
  const [execution] = await sql<ExecutionView[]>`${selectViews(sql)} WHERE execution.id = ${id}`;
  return execution;
}

/** Executions, newest first. */
export async function listExecutions(
  sql: Sql,
  page: Page,
  { action, state, pool }: ExecutionFilter = {},
): Promise<Paged<ExecutionView>> {
  const before = numberAfter(page) ?? Number.MAX_SAFE_INTEGER;
  const rows = await sql<ExecutionView[]>`
    ${selectViews(sql)} WHERE execution.id < ${before}
    ${action === undefined ? sql`` : ofAction(sql, action)}
    ${state === undefined ? sql`` : sql`AND execution.state = ${literal(sql, state)}`}
    ${pool === undefined ? sql`` : sql`AND execution.pool = ${pool}`}
    ORDER BY ${action === undefined ? sql`` : sql`execution.action DESC,`} execution.id DESC
    LIMIT ${page.limit + 1}`;
  return toPage(rows, page, ({ id }) => id);
}

/** As a range, which only the index by action and id has in order: by id alone the planner would walk through all others. */
function ofAction(sql: Sql, action: string) {
  return sql`AND (execution.action, execution.id) > (${action}, 0) AND execution.action <= ${action}`;
}

/** A state as part of the statement's text: only so can the planner use an index of the rows in that state. */
function literal(sql: Sql, state: ExecutionState) {
  return sql.unsafe(`'${state}'`);
}

function selectViews(sql: Sql) {
  return sql`
    SELECT execution.id, execution.action, execution.state, execution.epoch, execution.attempts, execution.parameters,
      execution.timeout, execution.retry_of, execution.pool, execution.waiting_reason, execution.result,
      execution.requested, execution.scheduled, execution.started, execution.finished,
      CASE WHEN worker.id IS NOT NULL THEN json_build_object('id', worker.id, 'name', worker.name) END AS worker
    FROM execution LEFT JOIN worker ON worker.id = execution.worker`;
}
