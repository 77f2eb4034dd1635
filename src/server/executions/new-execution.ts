import type { ExecutionView } from '../../contract/api/execution.ts';
import type { Inserted } from '../../store/executions/insert.ts';
import type { NewExecutionRequest } from '../scheduler/scheduler.ts';

/** A new execution as the API shows it, without asking the database for what is known. */
export function viewOfNew(request: NewExecutionRequest, inserted: Inserted): ExecutionView {
  const { execution, waitingReason, ...facts } = inserted;
  return {
    id: execution,
    action: request.action,
    ...facts,
    attempts: 0,
    parameters: request.parameters,
    timeout: request.timeout,
    worker: null,
    waiting_reason: waitingReason,
    result: null,
    started: null,
    finished: null,
  };
}
