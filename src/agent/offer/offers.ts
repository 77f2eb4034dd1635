import type { KnownRuntime, WorkerRegistration } from '../../contract/worker.ts';
import type { Detected, Detector } from '../detect/detect.ts';
import type { CommandResolver } from '../execute/command/command.ts';

/** What the worker says of itself, and what it runs actions by once it has said so. */
export interface Offer {
  readonly registration: WorkerRegistration;
  readonly resolveCommand: CommandResolver;
}

/** What this container can do, as the control plane knows more or fewer runtimes. */
export interface Offers {
  make(known: readonly KnownRuntime[]): Promise<Offer>;
  /** What is begun from now on is run by this offer. */
  adopt(offer: Offer): void;
  /** By the offer that was adopted last. To be called after the first. */
  readonly resolveCommand: CommandResolver;
}

export interface OfferParts {
  readonly detector: Detector;
  readonly describe: (detected: Detected) => WorkerRegistration;
  readonly createResolver: (detected: Detected) => CommandResolver;
}

export function createOffers({ detector, describe, createResolver }: OfferParts): Offers {
  let resolve: CommandResolver = nothingOffered;
  return {
    async make(known) {
      const detected = await detector.look(known);
      return { registration: describe(detected), resolveCommand: createResolver(detected) };
    },
    adopt({ resolveCommand }) {
      resolve = resolveCommand;
    },
    resolveCommand: (assignment, pack) => resolve(assignment, pack),
  };
}

function nothingOffered(): ReturnType<CommandResolver> {
  return Promise.reject(new Error('nothing is offered yet'));
}
