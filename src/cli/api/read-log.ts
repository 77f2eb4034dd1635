import { logReply, type LogRun } from '../../contract/api/log-events.ts';
import type { LogStream } from '../../contract/outcome.ts';
import type { Client } from './client.ts';
import { executionPath } from './endpoints.ts';

/** A piece of one stream. */
export interface StreamRun {
  readonly stream: LogStream;
  readonly run: LogRun;
}

export interface ReadRequest {
  readonly execution: number;
  readonly streams: readonly LogStream[];
}

/** What there is of the log of the last attempt, one stream after the other. */
export async function* readLog(
  client: Client,
  { execution, streams }: ReadRequest,
): AsyncGenerator<StreamRun> {
  for (const stream of streams) yield* readStream(client, execution, stream);
}

async function* readStream(client: Client, execution: number, stream: LogStream): AsyncGenerator<StreamRun> {
  let offset = 0;
  for (;;) {
    const reply = await client.send({
      path: `${executionPath(execution)}/logs`,
      query: { stream, offset },
      answer: logReply,
    });
    const { runs = [], next_offset: next = offset } = reply.streams[0] ?? {};
    for (const run of runs) yield { stream, run };
    if (runs.length === 0) return;
    offset = next;
  }
}
