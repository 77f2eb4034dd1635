import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from './errors.ts';
import type { Logger } from './logger.ts';

/** One step of stopping: it gets `seconds` of time, then the next one starts whatever became of it. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  run(): Promise<unknown>;
}

/**
 * Runs the phases one after the other, each with its deadline and a log line. A phase that fails or hangs never keeps the
 * later ones from running.
 * @returns the names of the phases that failed or ran out of time
 */
export async function runPhases(phases: readonly Phase[], logger: Logger): Promise<string[]> {
  const failed: string[] = [];
  for (const phase of phases) {
    const started = performance.now();
    const problem = await runPhase(phase);
    const milliseconds = Math.round(performance.now() - started);
    if (problem === undefined) logger.info({ phase: phase.name, milliseconds }, 'stop phase done');
    else {
      failed.push(phase.name);
      logger.warn({ phase: phase.name, milliseconds, problem }, 'stop phase not done');
    }
  }
  return failed;
}

async function runPhase(phase: Phase): Promise<string | undefined> {
  const deadline = new AbortController();
  const late = delay(phase.seconds * 1000, 'not done in time', { signal: deadline.signal });
  try {
    return await Promise.race([late, phase.run().then(() => undefined)]);
  } catch (error) {
    return describeError(error);
  } finally {
    deadline.abort();
    late.catch(() => undefined);
  }
}
