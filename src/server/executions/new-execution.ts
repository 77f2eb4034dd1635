import type { ExecutionView } from '../../contract/api/execution.ts';
import type { Inserted } from '../../store/executions/insert.ts';
import type { NewExecutionRequest } from '../scheduler/scheduler.ts';

/** A new execution as the API shows it, without asking the database for what is known. */
export function viewOfNew(request: NewExecutionRequest, inserted: Inserted): ExecutionView {
  return {
    id: inserted.execution,
    action: request.action,
    state: inserted.state,
    epoch: inserted.epoch,
    attempts: 0,
    parameters: request.parameters,
    timeout: request.timeout,
    retry_of: request.retryOf,
    pool: inserted.pool,
    worker: null,
    waiting_reason: inserted.waitingReason,
    result: null,
    requested: inserted.requested,
    scheduled: inserted.scheduled,
    started: null,
    finished: null,
  };
}
