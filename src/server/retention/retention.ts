import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Sql } from '../../store/connect.ts';
import { forgetRevisions } from '../packs/forget-revisions.ts';
import { lastBeyond, removeExecutions, removeLogs, type Removed } from '../../store/retention.ts';

export interface RetentionOptions {
  readonly sql: Sql;
  readonly logger: Logger;
  readonly config: {
    /** Seconds; 0 keeps for ever. */
    readonly keepExecutions: number;
    readonly keepLogs: number;
    /** `undefined`: as many as there are. */
    readonly mostExecutions: number | undefined;
    /** Seconds between two walks. */
    readonly retentionInterval: number;
    readonly packsDirectory: string;
  };
}

/** Small, so that no lock is held for long and no other work waits for the disk. */
const batch = 200;
const pauseMilliseconds = 20;

/**
 * Removes what is older than it may become, batch by batch, again and again until it is stopped. Every server does so; what two
 * remove at the same time is removed once.
 */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}

async function run({ sql, logger, config }: RetentionOptions, signal: AbortSignal): Promise<void> {
  while (await pause(config.retentionInterval * 1000, signal)) {
    try {
      const packRevisions = await forgetRevisions(sql, config.packsDirectory);
      const removed = { ...(await removeOld(sql, config, signal)), packRevisions };
      if (Object.values(removed).some((count) => count > 0)) logger.info(removed, 'removed what is old');
    } catch (error) {
      logger.warn({ reason: describeError(error) }, 'what is old could not be removed, trying again');
    }
  }
}

async function removeOld(
  sql: Sql,
  { keepExecutions, keepLogs, mostExecutions }: RetentionOptions['config'],
  signal: AbortSignal,
): Promise<{ readonly executions: number; readonly logs: number }> {
  const upTo = mostExecutions === undefined ? 0 : await lastBeyond(sql, mostExecutions);
  const executionAge = keepExecutions === 0 ? undefined : keepExecutions;
  const executions = await walk(
    (after) => removeExecutions(sql, { after, limit: batch, olderThanSeconds: executionAge, upTo }),
    signal,
  );
  if (keepLogs === 0) return { executions, logs: 0 };
  const logs = await walk(
    (after) => removeLogs(sql, { after, limit: batch, olderThanSeconds: keepLogs }),
    signal,
  );
  return { executions, logs };
}

/** @returns how many were removed */
async function walk(removePage: (after: number) => Promise<Removed>, signal: AbortSignal): Promise<number> {
  let removed = 0;
  let after: number | undefined = 0;
  do {
    const page: Removed = await removePage(after);
    removed += page.executions;
    after = page.last;
  } while (after !== undefined && (await pause(pauseMilliseconds, signal)));
  return removed;
}

/** @returns false when it is time to stop */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  return !signal.aborted;
}
