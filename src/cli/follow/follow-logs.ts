import type { LogEvent, LogRun } from '../../contract/api/log-events.ts';
import type { LogStream } from '../../contract/outcome.ts';
import type { Client } from '../api/client.ts';
import { streamLog } from '../api/log-stream.ts';

export interface LogReader {
  onRun(stream: LogStream, run: LogRun): Promise<void>;
  /** Something about the log that is not in it: bytes left out, another attempt. */
  onRemark(remark: string): void;
}

export interface FollowRequest {
  readonly execution: number;
  readonly streams: readonly LogStream[];
  readonly signal: AbortSignal;
}

/** Hands out every stream as it grows, until the execution is over. @throws what `streamLog` throws */
export async function followLogs(
  client: Client,
  { execution, streams, signal }: FollowRequest,
  reader: LogReader,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  try {
    await Promise.all(
      streams.map((stream) =>
        handOut(streamLog(client, { execution, stream, signal: either }), stream, reader),
      ),
    );
  } finally {
    failed.abort();
  }
}

async function handOut(events: AsyncIterable<LogEvent>, stream: LogStream, reader: LogReader): Promise<void> {
  let epoch: number | undefined;
  for await (const event of events) {
    if (event.event === 'end') return;
    if (epoch !== undefined && event.data.epoch !== epoch) reader.onRemark(`${stream} of another attempt`);
    epoch = event.data.epoch;
    if (event.event === 'gap') reader.onRemark(`${event.data.dropped} bytes of ${stream} were not kept`);
    else await reader.onRun(stream, event.data);
  }
}
