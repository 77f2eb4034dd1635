import type { ExecutionEvents } from '../events/execution-events.ts';
import { followChanges } from '../events/follow-changes.ts';
import type { App } from '../http/app-type.ts';
import type { EventSender } from '../http/event-stream.ts';

export interface ExecutionEventServices {
  readonly events: ExecutionEvents;
  readonly sendEvents: EventSender;
}

export function executionEventRoutes(app: App, { events, sendEvents }: ExecutionEventServices): void {
  app.get(
    '/executions/stream',
    {
      schema: {
        tags: ['executions'],
        summary: 'Follow the states of all executions as server-sent events',
        description:
          '`execution` brings `{execution, epoch, state}`; `missed` says that changes may have been lost: list the executions again.',
        produces: ['text/event-stream'],
      },
    },
    async (_request, reply) => sendEvents(reply, (signal) => followChanges(events, signal)),
  );
}
