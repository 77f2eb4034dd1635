import { health, readiness, type Readiness } from '../../contract/api/health.ts';
import type { Road } from '../../broker/road.ts';
import { describeError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { databaseError } from '../../store/database-error.ts';
import type { App } from '../http/app-type.ts';

/** A probe that takes longer than this counts as failed, in milliseconds. */
const probeDeadline = 2000;

export interface HealthServices {
  readonly sql: Sql;
  readonly road: Pick<Road, 'kind' | 'connected'>;
}

/** Probes of container platforms carry no token, so these routes ask for none. */
export function healthRoutes(app: App, { sql, road }: HealthServices): void {
  app.get(
    '/health',
    {
      schema: {
        tags: ['server'],
        summary: 'Whether the server answers',
        security: [],
        response: { 200: health },
      },
    },
    () => ({ status: 'ok' }) as const,
  );

  app.get(
    '/health/ready',
    {
      schema: {
        tags: ['server'],
        summary: 'Whether the server can work: database and messages',
        security: [],
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const parts = { database: await probe(sql), messages: messages(road) };
      const ready = Object.values(parts).every((part) => part.ready);
      return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', parts });
    },
  );
}

type Part = Readiness['parts'][string];

async function probe(sql: Sql): Promise<Part> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Part>((resolve) => {
    const problem = `no answer within ${probeDeadline / 1000} s`;
    timer = setTimeout(resolve, probeDeadline, { ready: false, problem });
  });
  try {
    return await Promise.race([late, sql`SELECT 1`.then(() => ({ ready: true }))]);
  } catch (error) {
    return { ready: false, problem: describeError(databaseError(error)) };
  } finally {
    clearTimeout(timer);
  }
}

function messages(road: HealthServices['road']): Part {
  return road.connected()
    ? { ready: true }
    : { ready: false, problem: `the ${road.kind} road is not connected` };
}
