import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors.ts';
import { failure, type Check, type Finding, type Verdict } from './finding.ts';

/**
 * Makes all checks at once.
 * @param seconds that each may take; one that takes longer has failed
 * @returns a finding for each, in their order; never rejects
 */
export function examine(checks: readonly Check[], seconds: number): Promise<Finding[]> {
  return Promise.all(
    checks.map(async (check) => ({ check: check.name, ...(await examineOne(check, seconds)) })),
  );
}

async function examineOne(check: Check, seconds: number): Promise<Verdict> {
  const done = new AbortController();
  const late = delay(seconds * 1000, undefined, { signal: done.signal }).then(() =>
    failure(`no answer within ${seconds} s`, 'look for a firewall or a proxy that swallows it'),
  );
  late.catch(() => undefined);
  try {
    return await Promise.race([late, (async () => check.examine())()]);
  } catch (error) {
    return failure(describeError(error));
  } finally {
    done.abort();
  }
}
