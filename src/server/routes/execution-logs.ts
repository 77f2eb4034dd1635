import { Readable } from 'node:stream';
import * as z from 'zod';
import { logQuery, logReply, logTextQuery, type LogReply } from '../../contract/api/log-events.ts';
import { logStream, type LogStream } from '../../contract/outcome.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { readLog } from '../../store/executions/logs.ts';
import type { ExecutionEvents } from '../events/execution-events.ts';
import { idPath, type App } from '../http/app-type.ts';
import type { EventSender } from '../http/event-stream.ts';
import { followLog, type LogPosition } from '../logs/follow-log.ts';
import { joinPieces, toRun } from '../logs/runs.ts';
import { wholeLog } from '../logs/whole-log.ts';

export interface ExecutionLogServices {
  readonly sql: Sql;
  readonly events: ExecutionEvents;
  readonly sendEvents: EventSender;
}

const streamPath = idPath.extend({ stream: logStream });

const position = z
  .string()
  .regex(/^\d{1,9}:\d{1,15}$/, 'must be the id of an event, "<epoch>:<offset>"')
  .transform((id): LogPosition => {
    const [epoch, offset = 0] = id.split(':').map(Number);
    return { epoch, offset };
  });

export function executionLogRoutes(app: App, { sql, events, sendEvents }: ExecutionLogServices): void {
  app.get(
    '/executions/:id/logs',
    {
      schema: {
        tags: ['executions'],
        summary: 'Read the log of an execution as JSON, part by part',
        params: idPath,
        querystring: logQuery,
        response: { 200: logReply },
      },
    },
    async ({ params: { id }, query: { stream, ...query } }) =>
      readStreams(sql, id, { ...query, streams: stream === undefined ? logStream.options : [stream] }),
  );

  app.get(
    '/executions/:id/logs/:stream',
    {
      schema: {
        tags: ['executions'],
        summary: 'Read a stream of an execution as it was written, whole',
        description: 'A line in brackets stands where the output limit left bytes out.',
        params: streamPath,
        querystring: logTextQuery,
        produces: ['text/plain'],
      },
    },
    async ({ params: { id, stream }, query }, reply) => {
      const { epoch } = await readStreams(sql, id, { streams: [stream], ...query, limit: 1 });
      const bytes = wholeLog(sql, { execution: id, stream, epoch, offset: query.offset });
      reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
      return reply.send(Readable.from(bytes, { objectMode: false }));
    },
  );

  app.get(
    '/executions/:id/logs/:stream/stream',
    {
      schema: {
        tags: ['executions'],
        summary: 'Follow a stream of an execution as server-sent events',
        description:
          '`chunk` brings a run of bytes, `gap` tells of bytes that were not kept, `end` of the end of the execution. ' +
          'Every id is `<epoch>:<offset>`; a client that comes back with it as `Last-Event-ID` goes on exactly there.',
        params: streamPath,
        produces: ['text/event-stream'],
        querystring: z.object({
          offset: z.coerce.number().int().min(0).default(0).describe('Byte to begin at'),
        }),
        headers: z.object({ 'last-event-id': position.optional() }),
      },
    },
    async ({ params: { id, stream }, query: { offset }, headers }, reply) => {
      const start = headers['last-event-id'] ?? { epoch: undefined, offset };
      if ((await readLog(sql, { execution: id, stream, offset: 0, limit: 1 })) === undefined)
        throw unknown(id);
      const source = { sql, events, execution: id, stream };
      return sendEvents(reply, (signal) => followLog(source, start, signal));
    },
  );
}

interface Selection {
  readonly streams: readonly LogStream[];
  readonly epoch?: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

async function readStreams(sql: Sql, execution: number, selection: Selection): Promise<LogReply> {
  const { streams, ...query } = selection;
  const parts = await Promise.all(streams.map((stream) => readLog(sql, { execution, stream, ...query })));
  const [first] = parts;
  if (first === undefined) throw unknown(execution);
  return {
    epoch: first.epoch,
    state: first.state,
    streams: streams.map((stream, index) => {
      const { epoch, pieces, next } = parts[index] ?? first;
      return { stream, runs: joinPieces(pieces).map((piece) => toRun(epoch, piece)), next_offset: next };
    }),
  };
}

function unknown(id: number): AttuneError {
  return new AttuneError('unknown_execution', `There is no execution ${id}`);
}
