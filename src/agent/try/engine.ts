import type { Outcome } from '../../contract/outcome.ts';
import type { DetectedRuntime } from '../../contract/capability.ts';
import type { Attempts } from '../execute/attempts.ts';
import type { StartParts } from '../execute/start-attempt.ts';
import type { ProcessHost } from '../host/process-host.ts';
import type { LocalLink, LogListener } from '../link/local/local-link.ts';
import type { LocalAssignment } from './assign.ts';

/** What builds environments without running anything in them. */
export type Workshop = Pick<StartParts, 'resolveCommand' | 'environments'>;

/** The agent's own engine for the actions of one pack, with nobody to take work from. */
export interface Engine {
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

export interface EngineParts extends Pick<Engine, 'workshop' | 'runtimes'> {
  readonly attempts: Attempts;
  readonly link: LocalLink;
  readonly host: ProcessHost;
}

/** Makes an engine of parts that work together; it closes the host. */
export function createEngine({ attempts, host, link, runtimes, workshop }: EngineParts): Engine {
  let last = 0;
  let stopped = false;
  return {
    workshop,
    runtimes,
    get stopped() {
      return stopped;
    },
    run(assignment, listen) {
      last += 1;
      const attempt = { execution: last, epoch: 1 };
      const outcome = link.follow(attempt, listen);
      attempts.begin({ assignment: { ...assignment, ...attempt }, settle: () => Promise.resolve() });
      return outcome;
    },
    stop() {
      if (stopped) attempts.killAll();
      for (const { execution } of attempts.list()) attempts.cancel(execution);
      stopped = true;
    },
    async close() {
      attempts.killAll();
      await attempts.idle();
      await host.close();
    },
  };
}
