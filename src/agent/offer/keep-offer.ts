import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { aliasesIn, resolveRuntime } from '../../contract/runtime-aliases.ts';
import type { KnownRuntime, WorkerRegistration } from '../../contract/worker.ts';
import { backoffDelay } from '../../shared/backoff.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Link } from '../link/link.ts';
import type { Bell } from './bell.ts';
import type { Offers } from './offers.ts';

const backoff = { first: 200, most: 10_000 };

/** What the worker has offered, and the pool that it is in for it. */
export interface Standing {
  readonly registration: WorkerRegistration;
  readonly pool: string;
}

export interface KeepOfferParts {
  readonly link: Pick<Link, 'runtimes' | 'renew'>;
  readonly offers: Offers;
  readonly logger: Logger;
}

/**
 * Makes a new offer whenever the bell rings and the last one is out of date, until the signal is aborted. What fails is tried again, because
 * a worker that has begun to change its pool takes nothing until it has. Never rejects.
 */
export async function keepOffer(
  first: Standing,
  { bell, signal }: { readonly bell: Bell; readonly signal: AbortSignal },
  parts: KeepOfferParts,
): Promise<void> {
  let standing = first;
  let failures = 0;
  for (;;) {
    await bell.rung(signal);
    if (signal.aborted) return;
    try {
      standing = await renew(standing, parts);
      failures = 0;
    } catch (error) {
      parts.logger.warn({ reason: describeError(error) }, 'the offer could not be renewed, trying again');
      await delay(backoffDelay(failures, backoff), undefined, { signal }).catch(() => undefined);
      failures += 1;
      bell.ring();
    }
  }
}

async function renew(standing: Standing, { link, offers, logger }: KeepOfferParts): Promise<Standing> {
  const known = await link.runtimes();
  const offer = await offers.make(known);
  const { registration } = offer;
  const atHome = registration.pool === undefined || registration.pool === standing.pool;
  if (atHome && isKnown(registration, known) && isSame(registration, standing.registration)) {
    offers.adopt(offer);
    return standing;
  }
  const pool = await link.renew(registration, () => offers.adopt(offer));
  if (pool !== undefined) logger.info({ pool }, 'the offer is renewed');
  return { registration, pool: pool ?? standing.pool };
}

function isSame(one: WorkerRegistration, other: WorkerRegistration): boolean {
  return isDeepStrictEqual(one.capabilities, other.capabilities);
}

/** A pack that is gone has taken its definitions with it: those that this worker has itself are to be registered again. */
function isKnown({ runtimes }: WorkerRegistration, known: readonly KnownRuntime[]): boolean {
  const definitions = known.map(({ definition }) => definition);
  const aliases = aliasesIn(definitions);
  const names = new Set(definitions.map(({ name }) => resolveRuntime(name, aliases)));
  return runtimes.every(({ name }) => names.has(resolveRuntime(name, aliases)));
}
