import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { logEvent, type LogEvent } from '../../contract/api/log-events.ts';
import type { LogStream } from '../../contract/outcome.ts';
import { backoffDelay } from '../../shared/backoff.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Client } from './client.ts';
import { executionPath } from './endpoints.ts';
import { parseJson } from './json.ts';

export interface LogStreamRequest {
  readonly execution: number;
  readonly stream: LogStream;
  readonly signal: AbortSignal;
}

/** How long a server may be away before following ends with an error. */
const patienceMilliseconds = 60_000;
const reconnect = { first: 100, most: 5000 };

/**
 * The events of one log stream, from its first byte to its `end`. A connection that breaks is made again, and goes on after
 * the last event that arrived: nothing is lost or doubled.
 * @throws AttuneError as the server's problem says, or `server_unreachable` when it was away too long
 */
export async function* streamLog(client: Client, request: LogStreamRequest): AsyncGenerator<LogEvent> {
  let last: string | undefined;
  let tries = 0;
  let heard = performance.now();
  let ended = false;
  for (;;) {
    try {
      for await (const event of connectOnce(client, request, last)) {
        last = event.id;
        tries = 0;
        heard = performance.now();
        ended = event.event === 'end';
        yield event;
      }
    } catch (error) {
      const patient = performance.now() - heard < patienceMilliseconds;
      if (request.signal.aborted || !mayHeal(error) || !patient) throw error;
    }
    if (ended) return;
    await delay(backoffDelay(tries, reconnect), undefined, { signal: request.signal });
    tries += 1;
  }
}

async function* connectOnce(
  client: Client,
  { execution, stream, signal }: LogStreamRequest,
  last: string | undefined,
): AsyncGenerator<LogEvent> {
  const path = `${executionPath(execution)}/logs/${stream}/stream`;
  const resume = last === undefined ? {} : { 'last-event-id': last };
  const response = await client.open(path, { accept: 'text/event-stream', ...resume }, signal);
  const messages = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, id = '', data } of messages ?? []) {
    const parsed = logEvent.safeParse({ event, id, data: parseJson(data) });
    if (parsed.success) yield parsed.data;
    else
      throw new AttuneError(
        'unexpected_answer',
        `${path} sent an event that is not understood: ${event ?? data}`,
      );
  }
}

/** A broken connection heals; what the server said itself does so only if it says so. */
function mayHeal(error: unknown): boolean {
  return error instanceof AttuneError ? error.retryable : error instanceof TypeError;
}
