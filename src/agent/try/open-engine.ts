import { mkdir } from 'node:fs/promises';
import { trustCaBundle } from '../../shared/certificates/trust.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import { AttuneError } from '../../shared/errors.ts';
import { createLogger } from '../../shared/logger.ts';
import type { LocalPack } from '../../packs/open-pack.ts';
import { confineJobs, type Confined } from '../confine/confine.ts';
import { prepareFolders } from '../confine/prepare-folders.ts';
import { describePlatform } from '../detect/container/capabilities.ts';
import { containerHints, createDetector, type Detected } from '../detect/detect.ts';
import type { Environment } from '../detect/environment.ts';
import { createEnvironments } from '../environments/environments.ts';
import { Attempts } from '../execute/attempts.ts';
import { createCommandResolver } from '../execute/command/command.ts';
import { createAttemptStarter } from '../execute/start-attempt.ts';
import { createProcessHost } from '../host/create-process-host.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { createLocalLink } from '../link/local/local-link.ts';
import { packAt } from '../packs/pack-at.ts';
import type { agentSettings } from '../settings.ts';
import { createDelivery } from '../spool/deliver.ts';
import { withCertificates } from '../start/certificates-of-jobs.ts';
import { createEngine, type Engine, type Workshop } from './engine.ts';

type AgentConfiguration = Configuration<typeof agentSettings>;

export interface EngineOptions {
  readonly config: AgentConfiguration;
  /** Of the container. */
  readonly environment: Environment;
  /** The descriptor of a socket to the supervisor that started us, where one did. */
  readonly supervisor: number | undefined;
}

/**
 * Opens the engine as a worker of this machine would have it: detection, choice of interpreters, delivery of parameters, masking,
 * time limits, supervisor.
 * @throws AttuneError `invalid_configuration`, `invalid_hints`, `spawn_failed`
 */
export async function openEngine(pack: LocalPack, options: EngineOptions): Promise<Engine> {
  const { config, supervisor } = options;
  // Whoever runs a pack by hand sees its log; the agent's own is for workers.
  const logger = createLogger('silent');
  trustCaBundle(config.caBundle);
  const { confinement, environment: ofUser } = confineJobs(config, options.environment);
  const environment = withCertificates(ofUser, config, logger);
  if (confinement.user !== undefined) prepareFolders(confinement.user, config, logger);
  const [detected, host] = await Promise.all([
    look(pack, { confinement, environment }, config),
    createProcessHost(supervisor, patience),
    mkdir(config.artifactsDirectory, { recursive: true }),
  ]);
  await refuseSuccession(host);
  const link = createLocalLink();
  const workshop: Workshop = {
    resolveCommand: createCommandResolver({
      environment,
      detected: detected.runtimes,
      templates: detected.templates,
      hints: detected.hints,
      platform: describePlatform(detected.container),
      config,
    }),
    environments: createEnvironments({ host, confinement, config, holder: 'another run' }),
  };
  const start = createAttemptStarter({
    config,
    host,
    link,
    logger,
    confinement,
    ...workshop,
    delivery: createDelivery({ link, directory: config.spoolDirectory, logger }),
    packs: { provide: () => packAt(pack.folder) },
    environmentKeys: noKeys,
  });
  const attempts = new Attempts(start, logger);
  return createEngine({ runtimes: detected.runtimes, attempts, link, host, workshop });
}

/** What this machine has of the runtimes that everybody knows, and of the pack's own. */
function look(
  { runtimes }: LocalPack,
  { confinement, environment }: Confined,
  { workerRuntimes }: AgentConfiguration,
): Promise<Detected> {
  const detector = createDetector({
    environment,
    hints: containerHints(),
    runtimes: workerRuntimes,
    ignored: [process.execPath],
    user: confinement.user,
  });
  return detector.look(runtimes.map((definition) => ({ definition, autoDetected: false })));
}

/** Keys are stored in a control plane; here is none. */
const noKeys = () => Promise.resolve({});

/** Nobody but the user decides how long a run by hand may take. */
const patience = { silenceMilliseconds: 0, stopMilliseconds: 0 };

/** The supervisor starts an agent in the place of one that died: that one must not run everything again. @throws AttuneError `agent_died` */
async function refuseSuccession(host: ProcessHost): Promise<void> {
  if (host.inheritance.note.length === 0) return host.remember(Buffer.from('trying'));
  await host.close();
  throw new AttuneError('agent_died', 'The agent was killed while it worked, and what it ran is ended');
}
