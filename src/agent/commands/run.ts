import { hostname } from 'node:os';
import type { Attempt } from '../../contract/worker.ts';
import { buildInfo } from '../../shared/build-info.ts';
import { readConfiguration, unknownVariables } from '../../shared/config/read.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { trustCaBundle } from '../../shared/certificates/trust.ts';
import { createLogger, type Logger } from '../../shared/logger.ts';
import { isStoppedEarly, runAgent } from '../agent.ts';
import { confineJobs } from '../confine/confine.ts';
import { prepareFolders } from '../confine/prepare-folders.ts';
import { describePlatform } from '../detect/container/capabilities.ts';
import { containerHints, createDetector } from '../detect/detect.ts';
import type { Environment } from '../detect/environment.ts';
import { boundsOf, keepWithin } from '../environments/stored/keep-within.ts';
import { createEnvironments } from '../environments/environments.ts';
import { Attempts } from '../execute/attempts.ts';
import { createCommandResolver } from '../execute/command/command.ts';
import { createAttemptStarter } from '../execute/start-attempt.ts';
import { announceHealth } from '../health/announce-health.ts';
import { Health } from '../health/health.ts';
import { watchLink } from '../health/watch-link.ts';
import { createProcessHost } from '../host/create-process-host.ts';
import type { Patience } from '../host/supervised/messages.ts';
import { createDirectLink } from '../link/direct/direct-link.ts';
import { createOffers } from '../offer/offers.ts';
import { offerPacks } from '../packs/offer-packs.ts';
import { agentSettings } from '../settings.ts';
import { createDelivery } from '../spool/deliver.ts';
import { spoolDirectory } from '../spool/spool-directory.ts';
import { withCertificates } from '../start/certificates-of-jobs.ts';
import { readArguments } from '../start/arguments.ts';
import { describeWorker, nameAfter } from '../start/describe-worker.ts';
import { createStopLadder, type StopLadder } from '../stop/ladder.ts';
import { createSuccession } from '../succession/succession.ts';
import { errorCodeOf, exitCodeOf } from './exit-code.ts';

/** Seconds for the phases of a stop that have no setting of their own (src/agent/agent.ts), and 5 more. */
const stopAllowance = 30;

/** What running needs of the process. */
export interface Surroundings {
  readonly environment: Environment;
  /** Calls back for every signal that asks for a stop, from the first on. */
  readonly onSignal: (listener: (signal: string) => void) => void;
  /** The descriptor of a socket to the supervisor that started us, where one did. */
  readonly supervisor: number | undefined;
}

/**
 * Runs this container as a worker until it is told to stop.
 * @returns the exit code; an `exit` demanded by a third signal answers at once
 * @throws AttuneError `invalid_arguments`, `invalid_configuration`
 */
export async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  // Whatever the agent was started with, its folders can be passed by others unless it says otherwise.
  process.umask(0o022);
  const { environment, supervisor } = surroundings;
  const { flags, file } = readArguments(argv, agentSettings);
  const config = readConfiguration(agentSettings, { flags, environment, file });
  const logger = createLogger(config.logLevel);
  logger.info(buildInfo(), 'attune-agent starts');
  for (const name of unknownVariables(agentSettings, environment)) {
    logger.warn({ variable: name }, 'no setting has this name: see attune-agent --help');
  }
  const stop = createStopLadder(logger);
  surroundings.onSignal(stop.climb);
  return Promise.race([exitOf(stop), work(config, environment, { logger, stop, supervisor })]);
}

function exitOf({ exit }: StopLadder): Promise<number> {
  return new Promise((resolve) => exit.addEventListener('abort', () => resolve(1), { once: true }));
}

interface Means {
  readonly logger: Logger;
  readonly stop: StopLadder;
  readonly supervisor: number | undefined;
}

async function work(
  config: Configuration<typeof agentSettings>,
  environment: Environment,
  { logger, stop, supervisor }: Means,
): Promise<number> {
  try {
    const databaseUrl = requireDatabase(config);
    trustCaBundle(config.caBundle);
    const { confinement, environment: environmentOfUser } = confineJobs(config, environment);
    const environmentOfJobs = withCertificates(environmentOfUser, config, logger);
    const { user } = confinement;
    if (user !== undefined) prepareFolders(user, config, logger);
    const { health, link } = createWatchedLink(databaseUrl, config, logger);
    const detector = createDetector({
      environment: environmentOfUser,
      hints: containerHints(),
      runtimes: config.workerRuntimes,
      ignored: [process.execPath],
      user,
      logger,
    });
    const directory = spoolDirectory(config.spoolDirectory, databaseUrl);
    await announceHealth({ health, spool: directory, config, logger });
    const host = await createProcessHost(supervisor, patienceWith(config));
    // Without a word of goodbye it would be replaced.
    stop.exit.addEventListener('abort', () => void host.close(), { once: true });
    const delivery = createDelivery({ link, directory, logger, distrusted: user?.uid });
    const holder = config.workerName ?? hostname();
    const environments = createEnvironments({ host, confinement, config, holder });
    const parts = { config, host, link, delivery, logger };
    const packs = offerPacks(link, config, logger);
    const succession = createSuccession({ ...parts, environments, packs });
    const name = config.workerName ?? succession.name ?? nameAfter(hostname());
    const offers = createOffers({
      detector,
      describe: (detected) => describeWorker(detected, name, config),
      createResolver: ({ runtimes, templates, hints, container }) =>
        createCommandResolver({
          environment: environmentOfJobs,
          detected: runtimes,
          templates,
          hints,
          platform: describePlatform(container),
          config,
        }),
    });
    const { resolveCommand } = offers;
    const starter = createAttemptStarter({
      ...parts,
      confinement,
      packs,
      resolveCommand,
      environments,
      environmentKeys: (attempt: Attempt) => link.environmentKeys(attempt),
    });
    const attempts = new Attempts(starter, logger);
    health.running = () => attempts.list().length;
    keepWithin(config.runtimeEnvironmentsDirectory, boundsOf(config), logger);
    const prepare = async (signal: AbortSignal) => {
      if (config.workerMode !== 'worker') return;
      // What is prepared depends on the interpreters that will be used.
      offers.adopt(await offers.make(await link.runtimes().catch(() => [])));
      const revisions = () => link.packs();
      // What reads definitions of packs is large, and few agents need it.
      const { keepPrepared } = await import('../environments/ahead/keep-prepared.ts');
      await keepPrepared({ revisions, packs, resolveCommand, environments, logger, signal });
    };
    return await runAgent({ ...parts, stop, attempts, succession, offers, prepare });
  } catch (error) {
    if (isStoppedEarly(error)) return 0;
    logger.fatal(
      { code: errorCodeOf(error), reason: describeError(error) },
      'attune-agent cannot go on: "attune-agent doctor" checks everything at once',
    );
    return exitCodeOf(error);
  }
}

function createWatchedLink(
  databaseUrl: string,
  { heartbeatInterval, messageQueueUrl, encryptionKey }: Configuration<typeof agentSettings>,
  logger: Logger,
) {
  const heartbeatMilliseconds = heartbeatInterval * 1000;
  const health = new Health({ heartbeatMilliseconds, now: () => performance.now() });
  const direct = createDirectLink({ databaseUrl, messageQueueUrl, encryptionKey, logger });
  return { health, link: watchLink(direct, health) };
}

/** A stop may take as long as its phases together, and a little more. */
function patienceWith({ hangTime, drainTime, graceTime }: Configuration<typeof agentSettings>): Patience {
  return {
    silenceMilliseconds: Math.ceil(hangTime * 1000),
    stopMilliseconds: Math.ceil((drainTime + graceTime + stopAllowance) * 1000),
  };
}

function requireDatabase({ databaseUrl }: Configuration<typeof agentSettings>): string {
  if (databaseUrl !== undefined) return databaseUrl;
  throw new AttuneError(
    'database_missing',
    'The worker has no database: set ATTUNE__DATABASE__URL, like postgres://user:password@host:5432/attune',
  );
}
