import type { ExecutionView } from '../../contract/api/execution.ts';
import { isTerminal } from '../../contract/execution-state.ts';
import type { Sql } from '../../store/connect.ts';
import { findExecution } from '../../store/executions/read.ts';
import type { ExecutionEvents } from '../events/execution-events.ts';

interface Waiting {
  readonly sql: Sql;
  readonly events: ExecutionEvents;
  /** Ends the waiting early: the client has gone, or the server stops. */
  readonly signal: AbortSignal;
}

/**
 * Waits until an execution has ended, at most `seconds`.
 * @param seen the execution as it was read a moment ago
 * @returns the execution as it is then
 */
export async function awaitEnd(
  seen: ExecutionView,
  seconds: number,
  { sql, events, signal }: Waiting,
): Promise<ExecutionView> {
  const deadline = performance.now() + seconds * 1000;
  const watcher = events.watchState(seen.id);
  try {
    let execution = seen;
    while (!isTerminal(execution.state) && performance.now() < deadline && !signal.aborted) {
      const end = await watcher.news(signal, (deadline - performance.now()) / 1000);
      execution =
        end === undefined ? ((await findExecution(sql, seen.id)) ?? execution) : { ...seen, ...end };
    }
    return execution;
  } finally {
    watcher.close();
  }
}
