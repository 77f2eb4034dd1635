import type { Sql } from 'postgres';
import { createBatcher } from '../../shared/batcher.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Road, SubscriptionOptions } from '../road.ts';
import { PostgresSubscription } from './subscription.ts';

/** The channel of NOTIFY; its payload is the name of a pool that has something to claim. */
const channel = 'attune_ready';

/** The part of a subscription that a notification needs. */
interface Sleeper {
  wake(): void;
  stop(): Promise<void>;
}

/**
 * The road over PostgreSQL alone: the table of executions is the queue, and a notification says when to look.
 * `sql` stays its owner's; listening takes one connection more, which postgres.js brings back by itself.
 */
export function openPostgresRoad<Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  logger: Logger,
): Road {
  const subscriptions = new Map<Sleeper, string>();
  const notify = createBatcher((pools: string[]) => notifyPools(sql, pools));
  const wake = (pool: string) => {
    for (const [subscription, itsPool] of subscriptions) if (itsPool === pool) subscription.wake();
  };
  const wakeAll = () => {
    for (const subscription of subscriptions.keys()) subscription.wake();
  };
  let listening: ReturnType<typeof sql.listen> | undefined;

  return {
    kind: 'postgres',
    async publish(notices) {
      const pools = new Set(notices.map(({ pool }) => pool));
      await Promise.all([...pools].map(notify));
    },
    async subscribe<Claimed>(options: SubscriptionOptions<Claimed>) {
      // What was sent while nobody listened is lost: `wakeAll` looks, now and after every lost connection.
      listening ??= sql.listen(channel, wake, wakeAll);
      try {
        await listening;
      } catch (error) {
        listening = undefined;
        throw unreachable(error);
      }
      const subscription = new PostgresSubscription(options, logger);
      subscriptions.set(subscription, options.pool);
      subscription.wake();
      return {
        vacate: () => subscription.vacate(),
        pause: () => subscription.pause(),
        resume: () => subscription.resume(),
        async stop() {
          subscriptions.delete(subscription);
          await subscription.stop();
        },
      };
    },
    waiting: () => Promise.resolve(undefined),
    connected: () => true,
    async close() {
      await Promise.all([...subscriptions.keys()].map((subscription) => subscription.stop()));
      // Not waited for: it may hang with the database, and the owner of `sql` ends the connection.
      listening?.then((listener) => listener.unlisten()).catch(() => undefined);
      listening = undefined;
    },
  };
}

async function notifyPools<Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  pools: readonly string[],
): Promise<readonly void[]> {
  const distinct = [...new Set(pools)];
  try {
    await sql`SELECT pg_notify(${channel}, pool) FROM unnest(${distinct}::text[]) AS pool`;
  } catch (error) {
    throw unreachable(error);
  }
  return pools.map(() => undefined);
}

function unreachable(error: unknown): AttuneError {
  return new AttuneError('broker_unreachable', `PostgreSQL can't be reached: ${describeError(error)}`, {
    retryable: true,
    cause: error,
  });
}
