import { openRoad } from '../../../broker/open.ts';
import type { Claims, Road } from '../../../broker/road.ts';
import { createBatcher } from '../../../shared/batcher.ts';
import { AttuneError, isFinal } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import { databaseError, openDatabase, openLane, type Sql } from '../../../store/connect.ts';
import { claimExecutions, claimNext } from '../../../store/executions/claim.ts';
import { environmentKeys } from '../../../store/executions/environment-keys.ts';
import { finishExecutions, type End } from '../../../store/executions/finish.ts';
import { appendLogs } from '../../../store/executions/logs.ts';
import { checkSchema } from '../../../store/migrate.ts';
import { listen } from '../../../store/notify.ts';
import { currentRevisions } from '../../../store/packs.ts';
import { knownRuntimes, offerRuntimes } from '../../../store/runtimes.ts';
import {
  heartbeatWorker,
  mayClaim,
  poolOffers,
  registerWorker,
  renewWorker,
  setCordoned,
  unregisterWorker,
} from '../../../store/workers.ts';
import type { Assignment } from '../../../contract/assignment.ts';
import type { Attempt, Registered, WorkerRegistration } from '../../../contract/worker.ts';
import type { Link } from '../link.ts';
import { openPack } from './open-pack.ts';
import { createAssigner } from './assigner.ts';
import { openKeys } from './environment-keys.ts';
import { PoolConsumer } from './pool-consumer.ts';
import { Standing } from './standing.ts';

export interface DirectLinkOptions {
  readonly databaseUrl: string;
  /** Absent: PostgreSQL carries the notices as well. */
  readonly messageQueueUrl: string | undefined;
  readonly encryptionKey: string | undefined;
  readonly logger: Logger;
}

/** What the control plane knows of this agent since it last registered. */
interface Myself extends Registered {
  /** What it offered last. */
  registration: WorkerRegistration;
  pool: string;
  readonly standing: Standing;
  consumer: PoolConsumer | undefined;
}

/** For all but claims and results, which have a lane each: for logs and heartbeats. More only crowds the server. */
const connections = 2;
/** Ends that are stored at once: each may bring half a megabyte of log. */
const mostEnds = 32;
/** For statements under way when the link closes; less than a stopping agent waits. */
const closeSeconds = 2;

/**
 * The link that holds the database's and the broker's credentials itself: fast, for trusted jobs.
 * Every error of the store reaches the caller as an AttuneError.
 */
export function createDirectLink(options: DirectLinkOptions): Link {
  const { logger } = options;
  const sql = openDatabase(options.databaseUrl, { name: 'attune-agent', connections });
  const claims = openLane(options.databaseUrl, 'attune-agent claims');
  const results = openLane(options.databaseUrl, 'attune-agent results');
  const finish = createBatcher((ends: End[]) => guarded(finishExecutions(results, ends)), {
    most: mostEnds,
    isolates: isFinal,
  });
  let road: Road | undefined;
  let myself: Myself | undefined;
  let hearCancel: (execution: number) => void = hearNothing;
  let hearOutdated: () => void = hearNothing;

  const me = () => {
    if (myself === undefined)
      throw new AttuneError('not_registered', 'The worker must register before it works');
    return myself;
  };

  const reconsider = async () => {
    if (myself === undefined) return;
    myself.standing.reconsider();
    if (await canReturn(sql, myself)) hearOutdated();
  };

  const writerOf = (attempt: Attempt) => ({ ...attempt, worker: myself?.worker });

  return {
    async connect() {
      await guarded(checkSchema(sql));
      road ??= await openRoad({ amqpUrl: options.messageQueueUrl, sql, logger });
      await guarded(listen(sql, 'attune_cancel', ({ execution }) => hearCancel(execution)));
      await guarded(listen(sql, 'attune_pools', () => void reconsider().catch(hearNothing)));
      await guarded(
        listen(
          sql,
          'attune_catalog',
          () => hearOutdated(),
          () => hearOutdated(),
        ),
      );
    },
    async register(registration, predecessor) {
      await guarded(offerRuntimes(sql, registration.runtimes));
      const registered = await guarded(registerWorker(sql, registration, predecessor));
      const ask = () => guarded(mayClaim(sql, registered.worker));
      myself = { ...registered, registration, standing: new Standing({ ask, logger }), consumer: undefined };
      return registered;
    },
    runtimes: () => guarded(knownRuntimes(sql)),
    onOfferOutdated(listener) {
      hearOutdated = listener;
    },
    async renew(registration, onTurn) {
      const worker = me();
      await worker.consumer?.leave();
      onTurn();
      await guarded(offerRuntimes(sql, registration.runtimes));
      const pool = await guarded(renewWorker(sql, worker.worker, registration));
      if (pool === undefined) return undefined;
      worker.registration = registration;
      worker.pool = pool;
      await worker.consumer?.enter(pool);
      return pool;
    },
    async heartbeat(attempts) {
      const { worker, standing } = me();
      const reply = await guarded(heartbeatWorker(sql, worker, attempts, attempts.length));
      standing.hear(reply.status === 'online' && !reply.cordoned);
      return reply;
    },
    async consume({ slots, occupied }, onAssigned) {
      if (road === undefined)
        throw new AttuneError('not_connected', 'The link must connect before it consumes');
      const [open, worker] = [road, me()];
      const consumer = new PoolConsumer({
        slots,
        occupied,
        onAssigned,
        async subscribe(stay) {
          const subscription = await open.subscribe({ ...stay, claims: claimsOf(claims, worker, options) });
          worker.standing.govern(subscription);
          return subscription;
        },
      });
      await consumer.enter(worker.pool);
      worker.consumer = consumer;
      return {
        vacate: () => consumer.vacate(),
        async stop() {
          await consumer.stop();
          await guarded(setCordoned(sql, worker.worker, true));
        },
      };
    },
    onCancel(listener) {
      hearCancel = listener;
    },
    appendLogs: (attempt, chunks) => guarded(appendLogs(sql, writerOf(attempt), chunks)),
    finish: (attempt, outcome, chunks) => finish({ writer: writerOf(attempt), outcome, chunks }),
    async environmentKeys(attempt) {
      const asked = await guarded(environmentKeys(sql, writerOf(attempt)));
      return asked === 'fenced' ? asked : openKeys(asked, options.encryptionKey);
    },
    packs: () => guarded(currentRevisions(sql)),
    openPack: (revision) => openPack(sql, revision),
    unregister: () => guarded(unregisterWorker(sql, me().worker)),
    async close() {
      await road?.close();
      await Promise.all([sql, claims, results].map((one) => one.end({ timeout: closeSeconds })));
    },
  };
}

/** Whether a worker that names its pool, and is in another because others offered something else there, may join it now. */
async function canReturn(
  sql: Sql,
  { registration: { pool: named, capabilities }, pool }: Myself,
): Promise<boolean> {
  return named !== undefined && named !== pool && poolOffers(sql, named, capabilities);
}

function hearNothing(): void {
  // Until somebody listens.
}

function claimsOf(sql: Sql, { worker, standing }: Myself, options: DirectLinkOptions): Claims<Assignment> {
  const assign = createAssigner(sql, worker, options);
  return {
    async claim(notices) {
      const claimAll = () => guarded(claimExecutions(sql, worker, notices));
      let rows = await claimAll();
      if (rows.every((row) => row === undefined)) {
        await standing.check();
        // It may claim: now at least. A refusal from just before it was uncordoned must not cost the hints.
        rows = await claimAll();
      }
      return Promise.all(rows.map(async (row) => (row === undefined ? undefined : assign(row))));
    },
    async claimNext(pool, count) {
      const { rows, more } = await guarded(claimNext(sql, { worker, pool, count }));
      const assignments = await Promise.all(rows.map(assign));
      return { claimed: assignments.filter((assignment) => assignment !== undefined), more };
    },
  };
}

async function guarded<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    throw databaseError(error);
  }
}
