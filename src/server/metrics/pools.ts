import { Gauge, type Registry } from '@prometheus-io/client';
import type { Road } from '../../broker/road.ts';
import type { Sql } from '../../store/connect.ts';
import { poolsWithLoad } from '../../store/pools.ts';

/**
 * Gauges of the pools, of the database and of the road.
 * @returns reads them all anew: to be awaited before the metrics are rendered
 */
export function createPoolGauges(registers: Registry[], sql: Sql, road: Road): () => Promise<void> {
  const perPool = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['pool'] as const, registers });
  const workers = perPool('attune_pool_workers', 'Workers that are online and not cordoned');
  const slots = perPool('attune_pool_slots', 'Executions that these workers can run at a time');
  const load = perPool('attune_pool_load', 'Executions that are scheduled to the pool or run in it');
  const waiting = perPool('attune_pool_queue_messages', "Messages ready in the pool's queue");
  const connected = new Gauge({
    name: 'attune_road_connected',
    help: 'Whether messages can be sent',
    registers,
  });
  const database = new Gauge({ name: 'attune_database_up', help: 'Whether the database answers', registers });

  return async () => {
    [workers, slots, load, waiting].forEach((each) => each.reset());
    connected.set(road.connected() ? 1 : 0);
    const pools = await poolsWithLoad(sql).catch(() => undefined);
    database.set(pools === undefined ? 0 : 1);
    await Promise.all(
      (pools ?? []).map(async (pool) => {
        workers.set({ pool: pool.name }, pool.workers);
        slots.set({ pool: pool.name }, pool.slots);
        load.set({ pool: pool.name }, pool.load);
        const messages = await road.waiting(pool.name).catch(() => undefined);
        if (messages !== undefined) waiting.set({ pool: pool.name }, messages);
      }),
    );
  };
}
