import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { executeRequest, waitSeconds } from '../../contract/api/execute.ts';
import { executionView, type ExecutionView } from '../../contract/api/execution.ts';
import { pageOf, pageQuery } from '../../contract/api/page.ts';
import { executionState } from '../../contract/execution-state.ts';
import { actionRef, plainName } from '../../contract/names.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { cancelExecution } from '../../store/executions/cancel.ts';
import { findExecution, listExecutions } from '../../store/executions/read.ts';
import type { ExecutionEvents } from '../events/execution-events.ts';
import { awaitEnd } from '../executions/await-end.ts';
import { idPath, type App } from '../http/app-type.ts';
import type { Clients } from '../http/clients.ts';

export interface ExecutionServices {
  readonly sql: Sql;
  /** For the view that somebody waits for. */
  readonly views: Sql;
  readonly events: ExecutionEvents;
  readonly clients: Clients;
  /** Checks, stores and schedules. */
  readonly execute: (action: string, parameters: JsonObject) => Promise<ExecutionView>;
}

export function executionRoutes(app: App, services: ExecutionServices): void {
  const { sql, views, events, clients, execute } = services;
  const tags = ['executions'];

  async function ended(seen: ExecutionView, wait: number, reply: FastifyReply): Promise<ExecutionView> {
    if (wait === 0) return seen;
    return awaitEnd(seen, wait, { sql: views, events, signal: clients.untilGone(reply) });
  }

  app.post(
    '/executions/execute',
    {
      schema: {
        tags,
        summary: 'Run an action',
        description:
          'With `wait` the answer comes when the execution has ended, or when the seconds are over.',
        body: executeRequest,
        response: { 201: executionView },
      },
    },
    async (request, reply) => {
      const { action, parameters, wait = 0 } = request.body;
      const execution = await ended(await execute(action, parameters), wait, reply);
      return reply.status(201).header('location', `/api/v1/executions/${execution.id}`).send(execution);
    },
  );

  app.get(
    '/executions',
    {
      schema: {
        tags,
        summary: 'List executions, the newest first',
        querystring: pageQuery.extend({
          action: actionRef.optional(),
          state: executionState.optional(),
          pool: plainName.optional(),
        }),
        response: { 200: pageOf(executionView) },
      },
    },
    async ({ query: { limit, cursor, ...filter } }) =>
      listExecutions(sql, cursor === undefined ? { limit } : { limit, cursor }, filter),
  );

  app.get(
    '/executions/:id',
    {
      schema: {
        tags,
        summary: 'Show an execution',
        params: idPath,
        querystring: z.object({ wait: waitSeconds.default(0).describe('Seconds to wait for its end') }),
        response: { 200: executionView },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return ended(present(id, await findExecution(sql, id)), request.query.wait, reply);
    },
  );

  app.post(
    '/executions/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Cancel an execution',
        description:
          'One that runs becomes `canceling` until its processes are gone. One that has ended stays as it is.',
        params: idPath,
        response: { 200: executionView },
      },
    },
    async ({ params: { id } }) => {
      await cancelExecution(sql, id);
      return present(id, await findExecution(sql, id));
    },
  );
}

function present(id: number, execution: ExecutionView | undefined): ExecutionView {
  if (execution === undefined) throw new AttuneError('unknown_execution', `There is no execution ${id}`);
  return execution;
}
