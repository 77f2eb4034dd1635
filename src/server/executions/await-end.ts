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
 * @returns the execution as it then is; `undefined` where there is none
 */
export async function awaitEnd(
  id: number,
  seconds: number,
  { sql, events, signal }: Waiting,
): Promise<ExecutionView | undefined> {
  const deadline = performance.now() + seconds * 1000;
  const watcher = events.watchState(id);
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each look follows the news
      const execution = await findExecution(sql, id);
      const left = (deadline - performance.now()) / 1000;
      if (execution === undefined || isTerminal(execution.state) || left <= 0 || signal.aborted)
        return execution;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await watcher.news(signal, left);
    }
  } finally {
    watcher.close();
  }
}
