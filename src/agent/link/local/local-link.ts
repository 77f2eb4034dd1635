import type { LogChunk, Outcome } from '../../../contract/outcome.ts';
import type { Attempt } from '../../../contract/worker.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type { Link } from '../link.ts';

/** Hears the log of an attempt, in order for each stream. While a returned promise is pending, no more of it comes. */
export type LogListener = (chunks: readonly LogChunk[]) => void | Promise<void>;

/** The part of a link that attempts write to, with nobody behind it but this process. */
export interface LocalLink extends Pick<Link, 'appendLogs' | 'finish'> {
  /** To be called before the attempt begins. Resolves with its end, after the last piece of its log was heard. */
  follow(attempt: Attempt, listen: LogListener): Promise<Outcome>;
}

interface Followed {
  readonly listen: LogListener;
  readonly end: (outcome: Outcome) => void;
}

/** Makes a link that hands logs and outcomes to whoever follows the attempt, and keeps nothing. */
export function createLocalLink(): LocalLink {
  const followed = new Map<number, Followed>();

  function followedOf({ execution }: Attempt): Followed {
    const one = followed.get(execution);
    if (one === undefined) throw new AttuneError('not_followed', `Nobody follows execution ${execution}`);
    return one;
  }

  return {
    follow(attempt, listen) {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      followed.set(attempt.execution, { listen, end: resolve });
      return promise;
    },
    async appendLogs(attempt, chunks) {
      await followedOf(attempt).listen(chunks);
      return 'accepted';
    },
    async finish(attempt, outcome, chunks) {
      const { listen, end } = followedOf(attempt);
      followed.delete(attempt.execution);
      await listen(chunks);
      end(outcome);
      return 'accepted';
    },
  };
}
