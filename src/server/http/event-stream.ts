import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Metrics } from '../metrics/metrics.ts';
import type { Clients } from './clients.ts';

/** One server-sent event; `data` is written as JSON, which never holds a line break. */
export interface ServerEvent {
  readonly event: string;
  readonly id?: string;
  readonly data: unknown;
}

/** Proxies close what is silent for long: a comment line shows that the stream lives. */
const keepAliveMilliseconds = 15_000;

/** How long a client waits before it connects again, in milliseconds. */
const reconnectMilliseconds = 1000;

/**
 * Answers with server-sent events until the source ends, the client goes or the server stops; the source sees the latter
 * two by its signal. A slow client slows the source down: nothing is kept for it.
 */
export type EventSender = (
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
) => FastifyReply;

export function createEventSender(
  clients: Clients,
  metrics: Pick<Metrics, 'eventStreamOpened' | 'eventStreamClosed'>,
): EventSender {
  return (reply, source) => {
    const events = Readable.from(encode(source(clients.untilGone(reply))), { objectMode: false });
    metrics.eventStreamOpened();
    events.once('close', metrics.eventStreamClosed);
    return reply
      .header('cache-control', 'no-cache, no-transform')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream; charset=utf-8')
      .send(events);
  };
}

async function* encode(events: AsyncIterable<ServerEvent>): AsyncGenerator<string> {
  yield `retry: ${reconnectMilliseconds}\n\n`;
  const source = events[Symbol.asyncIterator]();
  try {
    let next = source.next();
    for (;;) {
      const result = await nextOrSilence(next);
      if (result === undefined) {
        yield ': alive\n\n';
        continue;
      }
      if (result.done === true) return;
      yield encodeEvent(result.value);
      next = source.next();
    }
  } finally {
    await source.return?.();
  }
}

async function nextOrSilence<Value>(next: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, keepAliveMilliseconds, undefined);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function encodeEvent({ event, id, data }: ServerEvent): string {
  const identity = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${identity}data: ${JSON.stringify(data)}\n\n`;
}
