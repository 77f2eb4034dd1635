import { Gauge, type Registry } from '@prometheus-io/client';
import type { Road } from '../../broker/road.ts';
import type { Sql } from '../../store/connect.ts';
import { countRequested } from '../../store/executions/count.ts';
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
  const scheduled = perPool('attune_pool_scheduled', 'Executions that wait for a free slot of the pool');
  const running = perPool('attune_pool_running', 'Executions that run in the pool');
  const waiting = perPool('attune_pool_queue_messages', "Messages ready in the pool's queue");
  const connected = new Gauge({
    name: 'attune_road_connected',
    help: 'Whether messages can be sent',
    registers,
  });
  const database = new Gauge({ name: 'attune_database_up', help: 'Whether the database answers', registers });

  const requested = new Gauge({
    name: 'attune_executions_requested',
    help: 'Executions that no pool can take',
    registers,
  });

  return async () => {
    [workers, slots, scheduled, running, waiting].forEach((each) => each.reset());
    connected.set(road.connected() ? 1 : 0);
    const [pools, unplaced] = await Promise.all([poolsWithLoad(sql), countRequested(sql)]).catch(() => []);
    database.set(pools === undefined ? 0 : 1);
    if (unplaced !== undefined) requested.set(unplaced);
    await Promise.all(
      (pools ?? []).map(async (pool) => {
        workers.set({ pool: pool.name }, pool.workers);
        slots.set({ pool: pool.name }, pool.slots);
        scheduled.set({ pool: pool.name }, pool.scheduled);
        running.set({ pool: pool.name }, pool.running);
        const messages = await road.waiting(pool.name).catch(() => undefined);
        if (messages !== undefined) waiting.set({ pool: pool.name }, messages);
      }),
    );
  };
}
