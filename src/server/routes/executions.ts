import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { attemptView } from '../../contract/api/attempt.ts';
import { executeRequest, waitSeconds } from '../../contract/api/execute.ts';
import { executionView, type ExecutionView } from '../../contract/api/execution.ts';
import { pageOf, pageQuery } from '../../contract/api/page.ts';
import { executionState } from '../../contract/execution-state.ts';
import { actionRef, plainName } from '../../contract/names.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { SecretBox } from '../../shared/secret-box.ts';
import type { Sql } from '../../store/connect.ts';
import { cancelExecution } from '../../store/executions/cancel.ts';
import { readAttempts } from '../../store/executions/read-attempts.ts';
import { findOrder } from '../../store/executions/read-order.ts';
import { findExecution, listExecutions } from '../../store/executions/read.ts';
import type { ExecutionEvents } from '../events/execution-events.ts';
import { awaitEnd } from '../executions/await-end.ts';
import type { ExecuteOrder } from '../executions/execute.ts';
import { repeatOrder } from '../executions/repeat.ts';
import { idPath, type App } from '../http/app-type.ts';
import type { Clients } from '../http/clients.ts';

export interface ExecutionServices {
  readonly sql: Sql;
  /** For the view that somebody waits for. */
  readonly views: Sql;
  /** Absent where the server has no encryption key. */
  readonly secretBox: SecretBox | undefined;
  readonly events: ExecutionEvents;
  readonly clients: Clients;
  /** Checks, stores and schedules. */
  readonly execute: (order: ExecuteOrder) => Promise<ExecutionView>;
}

export function executionRoutes(app: App, services: ExecutionServices): void {
  const { sql, views, events, clients, execute, secretBox } = services;
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
      const { wait = 0, ...order } = request.body;
      const execution = await ended(await execute(order), wait, reply);
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

  app.get(
    '/executions/:id/attempts',
    {
      schema: {
        tags,
        summary: 'List the tries of an execution, the first one first',
        params: idPath,
        response: { 200: pageOf(attemptView) },
      },
    },
    async ({ params: { id } }) => ({ items: present(id, await readAttempts(sql, id)), next_cursor: null }),
  );

  app.post(
    '/executions/:id/retry',
    {
      schema: {
        tags,
        summary: 'Run an execution that has ended once more, as a new one',
        description: 'With the same parameters, secret ones included, and the action as it is now.',
        params: idPath,
        response: { 201: executionView },
      },
    },
    async ({ params: { id } }, reply) => {
      const execution = await execute(repeatOrder(id, present(id, await findOrder(sql, id)), secretBox));
      return reply.status(201).header('location', `/api/v1/executions/${execution.id}`).send(execution);
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

function present<Found>(id: number, found: Found | undefined): Found {
  if (found === undefined) throw new AttuneError('unknown_execution', `There is no execution ${id}`);
  return found;
}
