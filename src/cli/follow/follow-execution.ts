import type { ExecutionView } from '../../contract/api/execution.ts';
import { cancelExecution, showExecution } from '../api/endpoints.ts';
import type { Client } from '../api/client.ts';
import type { Context } from '../context.ts';
import { describeError } from '../../shared/errors.ts';
import { followLogs, type LogReader } from './follow-logs.ts';
import { openProgressLine } from './progress-line.ts';
import { watchWaiting } from './watch-waiting.ts';

/**
 * Shows the log of an execution as it grows, and why it waits before that. A first Ctrl-C cancels the
 * execution, a second leaves it alone.
 * @param reader takes the log
 * @returns the execution as it ended; undefined when it was left
 */
export async function followExecution(
  client: Client,
  execution: number,
  context: Pick<Context, 'errors' | 'onInterrupt'>,
  reader: LogReader,
): Promise<ExecutionView | undefined> {
  const leaving = new AbortController();
  const waiting = new AbortController();
  const line = openProgressLine(context);
  const endWaiting = (): void => {
    waiting.abort();
    line.close();
  };
  const restore = cancelOnInterrupt(client, execution, context, leaving);
  void watchWaiting(client, execution, line, AbortSignal.any([waiting.signal, leaving.signal]));
  try {
    await followLogs(
      client,
      { execution, streams: ['stdout', 'stderr'], signal: leaving.signal },
      {
        onRun(stream, run) {
          endWaiting();
          return reader.onRun(stream, run);
        },
        onRemark(remark) {
          endWaiting();
          reader.onRemark(remark);
        },
      },
    );
    return await showExecution(client, execution);
  } catch (error) {
    if (leaving.signal.aborted) return undefined;
    throw error;
  } finally {
    endWaiting();
    restore();
  }
}

function cancelOnInterrupt(
  client: Client,
  execution: number,
  context: Pick<Context, 'errors' | 'onInterrupt'>,
  leaving: AbortController,
): () => void {
  let interrupts = 0;
  return context.onInterrupt(() => {
    interrupts += 1;
    if (interrupts > 1) return leaving.abort();
    context.errors.write(`\nCancelling execution ${execution}; Ctrl-C again leaves it to itself.\n`);
    cancelExecution(client, execution).catch((error: unknown) => {
      context.errors.write(`It could not be cancelled: ${describeError(error)}\n`);
    });
  });
}
