import type { Notice } from '../../contract/notice.ts';
import { backoffDelay } from '../../shared/backoff.ts';
import { createBatcher } from '../../shared/batcher.ts';
import { describeError, isFinal } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { pause } from '../repeat.ts';
import type { Claims } from '../road.ts';

const claimBackoff = { first: 100, most: 5000 };

/** What became of a hint. `unclaimed`: we take no more, somebody else shall have it. `unusable`: it can never be claimed. */
export type Answer<Claimed> =
  | { readonly kind: 'claimed'; readonly claimed: Claimed }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'unusable'; readonly reason: string };

export interface ClaimerOptions<Claimed> {
  readonly claims: Claims<Claimed>;
  /** Ends the tries: what is not claimed then stays so. A claim under way is always brought to its end. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * Claims hints, those together that came while the previous claim was under way, and again with growing pauses while the
 * database is away. The answer never rejects.
 */
export function createClaimer<Claimed>(
  options: ClaimerOptions<Claimed>,
): (notice: Notice) => Promise<Answer<Claimed>> {
  // One hint that makes every claim fail must not hold up the others.
  const claim = createBatcher((notices: Notice[]) => claimAll(options, notices), { isolates: isFinal });
  return (notice) => claim(notice).catch((error) => ({ kind: 'unusable', reason: describeError(error) }));
}

/** @throws AttuneError that no other try mends */
async function claimAll<Claimed>(
  options: ClaimerOptions<Claimed>,
  notices: readonly Notice[],
): Promise<Answer<Claimed>[]> {
  const { claims, signal, logger } = options;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return (await claims.claim(notices)).map(toAnswer);
    } catch (error) {
      if (isFinal(error)) throw error;
      if (signal.aborted) break;
      logger.warn({ reason: describeError(error), hints: notices.length }, 'claim failed, trying again');
    }
    await pause(backoffDelay(failures, claimBackoff), signal);
  }
  return notices.map(() => ({ kind: 'unclaimed' }));
}

function toAnswer<Claimed>(claimed: Claimed | undefined): Answer<Claimed> {
  return claimed === undefined ? { kind: 'refused' } : { kind: 'claimed', claimed };
}
