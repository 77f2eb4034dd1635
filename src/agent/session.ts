import type { HeartbeatReply, Registered, WorkerRegistration } from '../contract/worker.ts';
import { variableOf, type Configuration } from '../shared/config/setting.ts';
import type { Logger } from '../shared/logger.ts';
import { runPhases } from '../shared/shutdown.ts';
import { untilAvailable } from '../shared/until-available.ts';
import type { Attempts } from './execute/attempts.ts';
import { startHeartbeat } from './heartbeat/heartbeat.ts';
import type { ProcessHost } from './host/process-host.ts';
import type { Consumption, Link } from './link/link.ts';
import { createBell } from './offer/bell.ts';
import { keepOffer } from './offer/keep-offer.ts';
import type { Offers } from './offer/offers.ts';
import { agentSettings } from './settings.ts';
import type { Delivery } from './spool/deliver.ts';
import { aborted, type StopLadder } from './stop/ladder.ts';
import { windDown } from './stop/wind-down.ts';
import type { Succession } from './succession/succession.ts';

export interface AgentParts {
  readonly config: Configuration<typeof agentSettings>;
  readonly logger: Logger;
  readonly link: Link;
  readonly host: ProcessHost;
  readonly attempts: Attempts;
  readonly delivery: Delivery;
  /** What an agent before this one left running. */
  readonly succession: Succession;
  /** What the worker says of itself; detection may still be under way while the link connects. */
  readonly offers: Offers;
  readonly stop: StopLadder;
  /** What is done before work is taken; never rejects. What runs already does not wait for it. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
}

/** Why a session of work ended: the worker stops, the control plane gave it up, or no process can be started any more. */
export type SessionEnd = 'stop' | 'lost' | 'replaced' | 'host failed';

/** The seconds that the end of a session may take beyond what its attempts need. */
const stopSeconds = 5;

/**
 * Works under one registration: goes on with what a dead agent left, takes new work, and says until its end that it lives. Afterwards
 * nothing runs any more.
 */
export async function workSession(parts: AgentParts): Promise<SessionEnd> {
  const { link, logger, succession } = parts;
  const bell = createBell();
  link.onOfferOutdated(bell.ring);
  const registration = await makeOffer(parts);
  const registered = await patiently(() => link.register(registration, succession.predecessor), parts);
  succession.remember({ worker: registered.worker, name: registration.name });
  const ending = awaitEnd(parts);
  const vacate = resume(registered, parts);
  const stopHeartbeat = beat(parts, ending.resolve);
  const ended = new AbortController();
  try {
    const consuming = consume(registration.slots, vacate, parts);
    const started = await Promise.race([consuming, ending.promise.then(() => undefined)]);
    if (started !== undefined) {
      logger.info({ ...named(registered), slots: registration.slots }, 'consuming');
      void keepOffer({ registration, pool: registered.pool }, { bell, signal: ended.signal }, parts);
    }
    const end = await ending.promise;
    ended.abort();
    await stopConsuming(started, consuming, logger);
    if (end === 'lost' || end === 'replaced') await giveUp(end, parts);
    else await windDown(parts);
    return end;
  } finally {
    ended.abort();
    stopHeartbeat();
  }
}

/** Makes the offer that the worker registers with, and works by it. */
async function makeOffer(parts: AgentParts): Promise<WorkerRegistration> {
  const { link, offers } = parts;
  const made = await offers.make(await patiently(() => link.runtimes(), parts));
  offers.adopt(made);
  return made.registration;
}

/**
 * Whoever has inherited running processes does not give them up because the control plane is away, or because they may finish before the
 * worker stops.
 */
export function patiently<Value>(task: () => Promise<Value>, parts: AgentParts): Promise<Value> {
  const { config, logger, stop, succession } = parts;
  const inherited = succession.predecessor !== undefined;
  return untilAvailable(task, {
    name: 'the control plane',
    seconds: inherited ? Number.POSITIVE_INFINITY : config.connectTimeout,
    setting: variableOf(agentSettings.connectTimeout),
    logger,
    signal: inherited ? stop.cancel : stop.drain,
  });
}

function named({ worker, pool, kept }: Registered) {
  return { worker, pool, resumed: kept.length };
}

function awaitEnd({ host, logger, stop }: AgentParts): PromiseWithResolvers<SessionEnd> {
  const ending = Promise.withResolvers<SessionEnd>();
  void aborted(stop.drain).then(() => ending.resolve('stop'));
  void host.failed.then(({ code, message }) => {
    logger.fatal({ code, reason: message }, 'no process can be started any more: this worker stops');
    return ending.resolve('host failed');
  });
  return ending;
}

/** The slots that resumed attempts occupy: how many, and who is told when one is free. */
interface Vacating {
  readonly occupied: number;
  readonly consumption: PromiseWithResolvers<Consumption>;
}

/** Before the first heartbeat, which must name them. */
function resume({ kept }: Registered, { attempts, succession }: AgentParts): Vacating {
  const consumption = Promise.withResolvers<Consumption>();
  const resumed = succession.resume(kept);
  const settle = () => {
    void consumption.promise.then((taking) => taking.vacate());
    return Promise.resolve();
  };
  for (const running of resumed) attempts.add(running, settle);
  return { occupied: resumed.length, consumption };
}

function beat({ attempts, config, link, logger }: AgentParts, end: (end: SessionEnd) => void): () => void {
  return startHeartbeat({
    intervalMilliseconds: config.heartbeatInterval * 1000,
    logger,
    attempts: () => attempts.list(),
    beat: (running) => link.heartbeat(running),
    onReply: (reply) => obey(reply, attempts, end),
  });
}

function obey(reply: HeartbeatReply, attempts: Attempts, end: (end: SessionEnd) => void): void {
  for (const { execution } of reply.cancel) attempts.cancel(execution);
  for (const fenced of reply.fenced) attempts.fence(fenced);
  if (reply.status === 'lost' || reply.status === 'replaced') end(reply.status);
}

/** `undefined` where the worker was told to stop before it could. */
async function consume(
  slots: number,
  { occupied, consumption }: Vacating,
  parts: AgentParts,
): Promise<Consumption | undefined> {
  const { attempts, link, stop } = parts;
  try {
    const started = await patiently(
      () => link.consume({ slots, occupied }, (assigned) => attempts.begin(assigned)),
      parts,
    );
    consumption.resolve(started);
    return started;
  } catch (error) {
    if (stop.drain.aborted) return undefined;
    throw error;
  }
}

async function stopConsuming(
  started: Consumption | undefined,
  consuming: Promise<Consumption | undefined>,
  logger: Logger,
): Promise<void> {
  if (started === undefined) {
    // It may still come about, when nobody wants it any more.
    void consuming.then((late) => late?.stop()).catch(() => undefined);
    return;
  }
  await runPhases([{ name: 'stop consuming', seconds: stopSeconds, run: () => started.stop() }], logger);
}

/** The control plane has given our attempts to others, or ended them: their processes must not live on. */
async function giveUp(end: 'lost' | 'replaced', { attempts, logger }: AgentParts): Promise<void> {
  const message =
    end === 'replaced'
      ? 'another worker has taken this name: give each worker its own ATTUNE_WORKER_NAME'
      : 'the control plane counts this worker as lost: starting over';
  logger.error({ code: `worker_${end}` }, message);
  attempts.endAll('fenced');
  await attempts.idle();
}
