import type { ServerEvent } from '../http/event-stream.ts';
import type { ExecutionEvents } from './execution-events.ts';

/** What is kept for a client that reads slowly; beyond that it is told that it missed something. */
const longestQueue = 1000;

const missed: ServerEvent = { event: 'missed', data: {} };

/** Every change of every execution from now on, until `signal` is aborted. */
export async function* followChanges(
  events: ExecutionEvents,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  let queue: ServerEvent[] = [];
  let arrived = Promise.withResolvers<void>();
  const push = (event: ServerEvent): void => {
    if (queue.length < longestQueue) queue.push(event);
    else queue = [missed];
    arrived.resolve();
  };
  const leave = events.follow(
    (change) => push({ event: 'execution', data: change }),
    () => push(missed),
  );
  signal.addEventListener('abort', () => arrived.resolve());
  try {
    while (!signal.aborted) {
      await arrived.promise;
      arrived = Promise.withResolvers();
      const batch = queue;
      queue = [];
      yield* batch;
    }
  } finally {
    leave();
  }
}
