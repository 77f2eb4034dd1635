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
  /** An earlier try. Default: the last one. */
  readonly epoch?: number | undefined;
}

/** What there is of the log of an attempt, one stream after the other. */
export async function* readLog(client: Client, { streams, ...rest }: ReadRequest): AsyncGenerator<StreamRun> {
  for (const stream of streams) yield* readStream(client, stream, rest);
}

async function* readStream(
  client: Client,
  stream: LogStream,
  { execution, epoch }: Omit<ReadRequest, 'streams'>,
): AsyncGenerator<StreamRun> {
  let offset = 0;
  for (;;) {
    const reply = await client.send({
      path: `${executionPath(execution)}/logs`,
      query: { stream, offset, epoch },
      answer: logReply,
    });
    const { runs = [], next_offset: next = offset } = reply.streams[0] ?? {};
    for (const run of runs) yield { stream, run };
    if (runs.length === 0) return;
    offset = next;
  }
}
