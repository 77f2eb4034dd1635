import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';

/** Fastify whose requests and answers are typed by the zod schemas of each route. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** The number of an execution or a worker in a path. */
export const idPath = z.object({ id: z.coerce.number<string>('must be a number').int().positive() });

/** The ref of a pack or an action, or the name of a runtime, in a path. One that can't be is simply not found. */
export const refPath = z.object({
  ref: z.string().regex(/^[!-~]{1,255}$/, 'must be a ref, like "core.echo"'),
});
