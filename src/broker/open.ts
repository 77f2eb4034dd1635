import type { Sql } from 'postgres';
import type { Logger } from '../shared/logger.ts';
import { openAmqpRoad } from './amqp/amqp-road.ts';
import { openPostgresRoad } from './postgres/postgres-road.ts';
import type { Road } from './road.ts';

export interface RoadOptions<Types extends Record<string, unknown>> {
  /** RabbitMQ: `amqp://user:password@host:5672/vhost`. Absent: PostgreSQL carries the hints as well. */
  readonly amqpUrl?: string | undefined;
  /** The database; used only where there is no RabbitMQ. Stays its owner's. */
  readonly sql: Sql<Types>;
  readonly logger: Logger;
}

/**
 * Opens the road that the configuration asks for: one try, after which it recovers by itself for ever.
 * @throws AttuneError `broker_unreachable` (retryable), `wrong_credentials`, `unknown_virtual_host`, `queue_mismatch`
 */
export async function openRoad<Types extends Record<string, unknown>>({
  amqpUrl,
  sql,
  logger,
}: RoadOptions<Types>): Promise<Road> {
  return amqpUrl === undefined ? openPostgresRoad(sql, logger) : openAmqpRoad(amqpUrl, logger);
}
