import type { ExecutionView } from '../../contract/api/execution.ts';
import type { Output } from '../context.ts';
import { waitingText } from '../follow/watch-waiting.ts';
import { duration } from './age.ts';
import { details } from './details.ts';
import { paintState } from './paint.ts';
import { plain } from './table.ts';

/** How long it ran, or has been running until `now`; null before it began. */
export function runMilliseconds(
  { started, finished }: Pick<ExecutionView, 'started' | 'finished'>,
  now: Date,
): number | null {
  if (started === null) return null;
  return Math.max(0, (finished === null ? now.getTime() : Date.parse(finished)) - Date.parse(started));
}

/** How long it waited before it began, or has been waiting until `now` or its end. */
export function queuedMilliseconds({ requested, started, finished }: ExecutionView, now: Date): number {
  const until = started ?? finished;
  return Math.max(0, (until === null ? now.getTime() : Date.parse(until)) - Date.parse(requested));
}

/** `exit code 3`, `signal SIGKILL`, and why it did not succeed. */
export function endText({ result }: Pick<ExecutionView, 'result'>): string {
  if (result === null) return '';
  const { exit_code: code, signal, error } = result;
  const how = signal === null ? (code === null ? '' : `exit code ${code}`) : `signal ${signal}`;
  return [how, plain(error?.message ?? '')].filter(Boolean).join(': ');
}

/** The one line that ends `run --follow`. */
export function summaryLine(output: Output, execution: ExecutionView, now: Date): string {
  const run = runMilliseconds(execution, now);
  const time = run === null ? '' : ` after ${duration(run)}`;
  const end = endText(execution);
  return `execution ${execution.id} ${paintState(output, execution.state)}${time}${end === '' ? '' : ` (${end})`}\n`;
}

export function describeExecution(output: Output, execution: ExecutionView, now: Date): string {
  const { result, worker } = execution;
  const waiting = execution.state === 'requested' || execution.state === 'scheduled';
  const run = runMilliseconds(execution, now);
  return details({
    Execution: String(execution.id),
    Action: execution.action,
    State: paintState(output, execution.state),
    Waiting: waiting ? waitingText(execution) : null,
    Repeats: execution.retry_of === null ? null : `execution ${execution.retry_of}`,
    Attempts: execution.attempts > 1 ? String(execution.attempts) : null,
    Pool: execution.pool,
    Worker: worker === null ? null : `${worker.name} (${worker.id})`,
    Requested: execution.requested,
    Started: execution.started,
    Finished: execution.finished,
    Queued: duration(queuedMilliseconds(execution, now)),
    Ran: run === null ? null : duration(run),
    Timeout: duration(execution.timeout * 1000),
    End: endText(execution) || null,
    Memory:
      typeof result?.peak_memory_bytes === 'number'
        ? `${(result.peak_memory_bytes / 2 ** 20).toFixed(1)} MiB at most`
        : null,
    CPU: typeof result?.cpu_ms === 'number' ? duration(result.cpu_ms) : null,
    Output:
      result === null
        ? null
        : `${streamText('stdout', result.stdout)}, ${streamText('stderr', result.stderr)}`,
    Parameters: indented(execution.parameters),
    Result: result === null || result.data === null ? null : indented(result.data),
  });
}

function streamText(
  name: string,
  { bytes, dropped }: { readonly bytes: number; readonly dropped: number },
): string {
  return `${bytes} bytes of ${name}${dropped === 0 ? '' : ` (${dropped} not kept)`}`;
}

function indented(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return text.split('\n').map(plain).join('\n');
}
