import { mkdir } from 'node:fs/promises';
import type { Outcome } from '../../contract/outcome.ts';
import type { DetectedRuntime } from '../../contract/capability.ts';
import { trustCaBundle } from '../../shared/certificates/trust.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import { AttuneError } from '../../shared/errors.ts';
import { createLogger } from '../../shared/logger.ts';
import { confineJobs } from '../confine/confine.ts';
import { prepareFolders } from '../confine/prepare-folders.ts';
import { describePlatform } from '../detect/container/capabilities.ts';
import { containerHints, createDetector } from '../detect/detect.ts';
import type { Environment } from '../detect/environment.ts';
import { createEnvironments } from '../environments/environments.ts';
import { Attempts } from '../execute/attempts.ts';
import { createCommandResolver } from '../execute/command/command.ts';
import { createAttemptStarter, type StartParts } from '../execute/start-attempt.ts';
import { packAt } from '../packs/pack-at.ts';
import { createProcessHost } from '../host/create-process-host.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { createLocalLink, type LocalLink, type LogListener } from '../link/local/local-link.ts';
import type { agentSettings } from '../settings.ts';
import { createDelivery } from '../spool/deliver.ts';
import { withCertificates } from '../start/certificates-of-jobs.ts';
import type { LocalAssignment } from './assign.ts';
import type { LocalPack } from '../../packs/open-pack.ts';

export interface EngineOptions {
  readonly config: Configuration<typeof agentSettings>;
  /** Of the container. */
  readonly environment: Environment;
  /** The descriptor of a socket to the supervisor that started us, where one did. */
  readonly supervisor: number | undefined;
}

export type Workshop = Pick<StartParts, 'resolveCommand' | 'environments'>;

/** The agent's own engine for the actions of one pack, with nobody to take work from. */
export interface Engine {
  /** What builds environments without running anything in them. */
  readonly workshop: Workshop;
  /** What this machine has. */
  readonly runtimes: readonly DetectedRuntime[];
  /** Runs an action to its end. Resolves whatever becomes of it. */
  run(assignment: LocalAssignment, listen: LogListener): Promise<Outcome>;
  /** Whether it was told to stop. */
  readonly stopped: boolean;
  /** Ends what runs: the first time as a cancellation does, then without grace. */
  stop(): void;
  /** Nothing runs any more when it resolves. */
  close(): Promise<void>;
}

/**
 * Opens the engine as a worker of this machine would have it: detection, choice of interpreters, delivery of parameters, masking,
 * time limits, supervisor.
 * @throws AttuneError `invalid_configuration`, `invalid_hints`, `spawn_failed`
 */
export async function openEngine(pack: LocalPack, options: EngineOptions): Promise<Engine> {
  const { config } = options;
  // Whoever runs a pack by hand sees its log; the agent's own is for workers.
  const logger = createLogger('silent');
  trustCaBundle(config.caBundle);
  const { confinement, environment: ofUser } = confineJobs(config, options.environment);
  const environment = withCertificates(ofUser, config, logger);
  if (confinement.user !== undefined) prepareFolders(confinement.user, config, logger);
  const [{ container, runtimes, templates }, host] = await Promise.all([
    createDetector({
      environment,
      hints: containerHints(),
      runtimes: config.workerRuntimes,
      ignored: [process.execPath],
      user: confinement.user,
    }).look(pack.runtimes.map((definition) => ({ definition, autoDetected: false }))),
    createProcessHost(options.supervisor, patience),
    mkdir(config.artifactsDirectory, { recursive: true }),
  ]);
  await refuseSuccession(host);
  const link = createLocalLink();
  const delivery = createDelivery({ link, directory: config.spoolDirectory, logger });
  const resolveCommand = createCommandResolver({
    environment,
    detected: runtimes,
    templates,
    platform: describePlatform(container),
    config,
  });
  const environments = createEnvironments({ host, confinement, config, holder: 'another run' });
  const attempts = new Attempts(
    createAttemptStarter({
      config,
      host,
      link,
      delivery,
      logger,
      confinement,
      packs: { provide: () => packAt(pack.folder) },
      resolveCommand,
      environments,
      environmentKeys: noKeys,
    }),
    logger,
  );
  return new AttemptEngine({
    runtimes,
    attempts,
    link,
    host,
    workshop: { resolveCommand, environments },
  });
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

interface EngineParts {
  readonly workshop: Workshop;
  readonly runtimes: readonly DetectedRuntime[];
  readonly attempts: Attempts;
  readonly link: LocalLink;
  readonly host: ProcessHost;
}

class AttemptEngine implements Engine {
  readonly #parts: EngineParts;
  #last = 0;
  #stopped = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  get runtimes(): readonly DetectedRuntime[] {
    return this.#parts.runtimes;
  }

  get workshop(): Workshop {
    return this.#parts.workshop;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  run(assignment: LocalAssignment, listen: LogListener): Promise<Outcome> {
    const { attempts, link } = this.#parts;
    this.#last += 1;
    const attempt = { execution: this.#last, epoch: 1 };
    const outcome = link.follow(attempt, listen);
    attempts.begin({ assignment: { ...assignment, ...attempt }, settle: () => Promise.resolve() });
    return outcome;
  }

  stop(): void {
    const { attempts } = this.#parts;
    if (this.#stopped) attempts.killAll();
    for (const { execution } of attempts.list()) attempts.cancel(execution);
    this.#stopped = true;
  }

  async close(): Promise<void> {
    const { attempts, host } = this.#parts;
    attempts.killAll();
    await attempts.idle();
    await host.close();
  }
}
