import type { Road, RoutedNotice } from '../../broker/road.ts';
import { createBatcher } from '../../shared/batcher.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Sql } from '../../store/connect.ts';
import { insertExecutions, type Inserted, type NewExecution } from '../../store/executions/insert.ts';
import { markPublished } from '../../store/executions/schedule.ts';
import { listen } from '../../store/notify.ts';
import { poolsWithLoad } from '../../store/pools.ts';
import { runtimeAliases } from '../../store/runtimes.ts';
import { placeRequested } from './place-requested.ts';
import { PoolBoard } from './pool-board.ts';
import { Publisher } from './publisher.ts';
import { relay } from './relay.ts';
import { rescueStranded } from './rescue-stranded.ts';
import { SilenceJudge } from './silence.ts';
import { sweepLost } from './sweep-lost.ts';

export type NewExecutionRequest = Omit<NewExecution, 'placement'>;

export interface SchedulerOptions {
  readonly sql: Sql;
  /** For new executions alone. */
  readonly inserts: Sql;
  readonly road: Road;
  readonly logger: Logger;
  readonly config: { readonly workerLostAfter: number; readonly sweepInterval: number };
}

/** The scheduler of one server. Every server has one, none leads: all that they do is conditional in the database. */
export interface Scheduler {
  /** Stores an execution, placed at once where a pool can take it, and sends it on its way. */
  submit(request: NewExecutionRequest): Promise<Inserted>;
  /** Looks for work now instead of at the next tick. */
  readonly wake: () => void;
  /** Resolves when nothing of it is under way any more. */
  stop(): Promise<void>;
}

/** Starts the scheduler: reads the pools, then ticks and listens until it is stopped. */
export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { sql, inserts, road, logger, config } = options;
  const board = new PoolBoard({ pools: () => poolsWithLoad(sql), aliases: () => runtimeAliases(sql) });
  const publisher = new Publisher(road, (notices) => markPublished(sql, notices), logger);
  const intervalMilliseconds = config.sweepInterval * 1000;
  const judge = new SilenceJudge(config.workerLostAfter * 1000, intervalMilliseconds);
  const publish = (notices: readonly RoutedNotice[]) => publisher.publish(notices);

  const place = async () => {
    await board.refresh();
    await placeRequested(sql, board, publish);
  };
  const tick = async () => {
    await publisher.flush();
    await place();
    const returned = await sweepLost(sql, judge, logger);
    const taken = await rescueStranded(sql, board);
    if (returned || taken) await place();
    await relay(sql, road, board, publish);
  };

  await board.refresh();
  const loop = startLoop(tick, intervalMilliseconds, (error) => {
    judge.blind();
    logger.warn({ reason: describeError(error) }, 'scheduler tick failed, trying again');
  });
  const listening = await Promise.all([
    listen(sql, 'attune_pools', loop.wake, loop.wake),
    listen(sql, 'attune_catalog', loop.wake, loop.wake),
  ]);
  // Pools may have changed before anybody listened.
  loop.wake();
  // Telling the pools of what is stored is all that the PostgreSQL road needs.
  const announce = road.kind === 'postgres';
  const insert = createBatcher((executions: NewExecution[]) =>
    insertExecutions(inserts, executions, { announce }),
  );

  return {
    async submit(request) {
      const inserted = await insert({ ...request, placement: board.place(request.requirement) });
      const { execution, epoch, pool } = inserted;
      if (pool !== null && !announce) void publisher.publish([{ execution, epoch, pool }]);
      if (board.isMisplaced(request.requirement, pool)) loop.wake();
      return inserted;
    },
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await publisher.flush().catch(() => undefined);
      // A database that is gone has forgotten its listeners by itself.
      await Promise.all(listening.map((one) => one.stop())).catch(() => undefined);
    },
  };
}

interface Loop {
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

/** Runs `tick` again and again, `intervalMilliseconds` apart or when woken, never twice at a time. */
function startLoop(
  tick: () => Promise<void>,
  intervalMilliseconds: number,
  onError: (error: unknown) => void,
): Loop {
  const stopping = new AbortController();
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const timer = setTimeout(wake, intervalMilliseconds);
      await woken.promise;
      clearTimeout(timer);
      woken = Promise.withResolvers<void>();
      if (!stopping.signal.aborted) await tick().catch(onError);
    }
  }

  const running = run();
  return {
    wake,
    stop() {
      stopping.abort();
      wake();
      return running;
    },
  };
}
