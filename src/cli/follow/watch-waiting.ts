import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionView } from '../../contract/api/execution.ts';
import type { Client } from '../api/client.ts';
import { showExecution } from '../api/endpoints.ts';
import { plain } from '../format/table.ts';
import type { ProgressLine } from './progress-line.ts';

/** Soon enough for a person, seldom enough for a server. */
const lookMilliseconds = 1000;

/** Shows why an execution has not begun, until `signal`. Never rejects: whoever follows the log hears of faults. */
export async function watchWaiting(
  client: Client,
  execution: number,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(lookMilliseconds, undefined, { signal }).catch(() => undefined);
    const view = signal.aborted ? undefined : await showExecution(client, execution).catch(() => undefined);
    if (!signal.aborted && view !== undefined) line.show(waitingText(view));
  }
}

/** What an execution waits for, in words. */
export function waitingText({ id, state, waiting_reason: reason, pool }: ExecutionView): string {
  if (state === 'requested')
    return `execution ${id} waits for a worker: ${plain(reason ?? 'not looked at yet')}`;
  if (state === 'scheduled') return `execution ${id} waits for a free slot in pool ${pool ?? '-'}`;
  return `execution ${id} is ${state}`;
}
