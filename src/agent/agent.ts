import type { HeartbeatReply, WorkerRegistration } from '../contract/worker.ts';
import { variableOf, type Configuration } from '../shared/config/setting.ts';
import { AttuneError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { runPhases } from '../shared/shutdown.ts';
import { untilAvailable } from '../shared/until-available.ts';
import type { Attempts } from './execute/attempts.ts';
import { startHeartbeat } from './heartbeat/heartbeat.ts';
import type { ProcessHost } from './host/process-host.ts';
import type { Assigned, Consumption, Link } from './link/link.ts';
import { agentSettings } from './settings.ts';
import type { Delivery } from './spool/deliver.ts';
import { deliverLeftovers } from './spool/deliver-leftovers.ts';
import { aborted, type StopLadder } from './stop/ladder.ts';
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
  readonly registration: Promise<WorkerRegistration>;
  readonly stop: StopLadder;
}

/** Why a session of work ended: the worker stops, the control plane gave it up, or no process can be started any more. */
type SessionEnd = 'stop' | 'lost' | 'replaced' | 'host failed';

/** The seconds that closing may take, and that processes get beyond their grace time. */
const closeSeconds = 5;

/**
 * The life of a worker: connect, deliver what an earlier agent left, register, consume; in the end drain, cancel, close.
 * @returns the exit code: 0 when everything ended as it should
 * @throws AttuneError when it could not start
 */
export async function runAgent(parts: AgentParts): Promise<number> {
  try {
    const end = await work(parts);
    const failed = await runPhases(
      [{ name: 'close', seconds: closeSeconds, run: () => close(parts) }],
      parts.logger,
    );
    return end === 'stop' && failed.length === 0 ? 0 : 1;
  } catch (error) {
    // Whatever went wrong, no process stays.
    await parts.host.close();
    throw error;
  }
}

async function work(parts: AgentParts): Promise<SessionEnd> {
  const { attempts, delivery, link, stop } = parts;
  await patiently(() => link.connect(), parts);
  await Promise.race([deliverLeftovers(delivery), aborted(stop.drain)]);
  link.onCancel((execution) => attempts.cancel(execution));
  let end: SessionEnd;
  do end = await workSession(parts);
  while (end === 'lost');
  return end;
}

async function workSession(parts: AgentParts): Promise<SessionEnd> {
  const { attempts, config, host, link, logger, stop, succession } = parts;
  const registration = await parts.registration;
  const { worker, pool, kept } = await patiently(
    () => link.register(registration, succession.predecessor),
    parts,
  );
  succession.remember({ worker, name: registration.name });
  const consuming = Promise.withResolvers<Consumption>();
  const resumed = succession.resume(kept);
  for (const running of resumed) attempts.add(running, async () => (await consuming.promise).vacate());
  const begin = (assigned: Assigned) => attempts.begin(assigned);
  const consumption = await patiently(
    () => link.consume({ slots: registration.slots, occupied: resumed.length }, begin),
    parts,
  );
  consuming.resolve(consumption);
  logger.info({ worker, pool, slots: registration.slots, resumed: resumed.length }, 'consuming');

  const givenUp = Promise.withResolvers<SessionEnd>();
  const stopHeartbeat = startHeartbeat({
    intervalMilliseconds: config.heartbeatInterval * 1000,
    logger,
    attempts: () => attempts.list(),
    beat: (running) => link.heartbeat(running),
    onReply: (reply) => obey(reply, attempts, givenUp.resolve),
  });
  try {
    const end = await Promise.race([
      givenUp.promise,
      aborted(stop.drain).then(() => 'stop' as const),
      host.failed.then(reportFailure(logger)),
    ]);
    await runPhases(
      [{ name: 'stop consuming', seconds: closeSeconds, run: () => consumption.stop() }],
      logger,
    );
    if (end === 'stop' || end === 'host failed') await windDown(parts);
    else await giveUp(end, parts);
    return end;
  } finally {
    stopHeartbeat();
  }
}

function reportFailure(logger: Logger): (error: AttuneError) => 'host failed' {
  return ({ code, message }) => {
    logger.fatal({ code, reason: message }, 'no process can be started any more: this worker stops');
    return 'host failed';
  };
}

/** Whoever has inherited running processes does not give them up because the control plane is away. */
function patiently<Value>(task: () => Promise<Value>, parts: AgentParts): Promise<Value> {
  const { config, logger, stop, succession } = parts;
  return untilAvailable(task, {
    name: 'the control plane',
    seconds: succession.predecessor === undefined ? config.connectTimeout : Number.POSITIVE_INFINITY,
    setting: variableOf(agentSettings.connectTimeout),
    logger,
    signal: stop.drain,
  });
}

function obey(reply: HeartbeatReply, attempts: Attempts, giveUpSession: (end: SessionEnd) => void): void {
  for (const { execution } of reply.cancel) attempts.cancel(execution);
  for (const fenced of reply.fenced) attempts.fence(fenced);
  if (reply.status === 'lost' || reply.status === 'replaced') giveUpSession(reply.status);
}

/** The control plane has given our attempts to others, or ended them: their processes must not live on. */
async function giveUp(end: SessionEnd, { attempts, logger }: AgentParts): Promise<void> {
  const message =
    end === 'replaced'
      ? 'another worker has taken this name: give each worker its own ATTUNE_WORKER_NAME'
      : 'the control plane counts this worker as lost: starting over';
  logger.error({ code: `worker_${end}` }, message);
  attempts.endAll('fenced');
  await attempts.idle();
}

async function windDown({ attempts, config, link, logger, stop, delivery }: AgentParts): Promise<void> {
  await runPhases(
    [
      {
        name: 'drain',
        seconds: config.drainTime,
        run: () => Promise.race([attempts.idle(), aborted(stop.cancel)]),
      },
      {
        name: 'cancel',
        seconds: config.graceTime + closeSeconds,
        run: () => {
          attempts.endAll('shutdown');
          return attempts.idle();
        },
      },
      {
        name: 'spool',
        seconds: closeSeconds,
        run: () => {
          attempts.killAll();
          delivery.leave();
          return attempts.idle();
        },
      },
      { name: 'unregister', seconds: closeSeconds, run: () => link.unregister() },
    ],
    logger,
  );
}

async function close({ host, link }: AgentParts): Promise<void> {
  await host.close();
  await link.close();
}

/** The error of a stop that came before the worker was ready. */
export function isStoppedEarly(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError' && !(error instanceof AttuneError);
}
