import type { Attempt, Registered, WorkerRegistration } from '../../../../src/contract/worker.ts';
import type { Sql } from '../../../../src/store/connect.ts';
import { claimExecutions } from '../../../../src/store/executions/claim.ts';
import type { NewExecution } from '../../../../src/store/executions/insert.ts';
import { readLog } from '../../../../src/store/executions/logs.ts';
import { heartbeats, loseWorker, registerWorker } from '../../../../src/store/workers.ts';
import { newWorker, sampleRegistration, scheduledExecution, type OwnAttempt } from './samples.ts';

/** A worker with attempts that run. */
export async function workerWith(
  sql: Sql,
  count: number,
  change: Partial<NewExecution> = {},
): Promise<{ readonly worker: Registered; readonly attempts: readonly OwnAttempt[] }> {
  const worker = await newWorker(sql);
  const attempts: OwnAttempt[] = [];
  for (let index = 0; index < count; index += 1) {
    const execution = await scheduledExecution(sql, worker.pool, change);
    attempts.push({ execution, epoch: 1, worker: worker.worker });
  }
  await claimExecutions(sql, worker.worker, attempts);
  return { worker, attempts };
}

/** Registers the agent that goes on where another one died, with the processes of these attempts. */
export function succeed(
  sql: Sql,
  { worker, pool }: Registered,
  attempts: readonly Attempt[],
  change: Partial<WorkerRegistration> = {},
): Promise<Registered> {
  return registerWorker(sql, sampleRegistration({ pool, ...change }), { worker, attempts });
}

/** Gives a worker up as the sweep does. */
export async function lose(sql: Sql, { worker }: Registered): Promise<void> {
  const beat = (await heartbeats(sql)).find((other) => other.worker === worker);
  if (!(await loseWorker(sql, worker, beat?.heartbeat ?? ''))) throw new Error('it was not lost');
}

/**
 * The standard output as text.
 * @throws where its pieces overlap or leave a gap
 */
export async function outputOf(sql: Sql, { execution, epoch }: Attempt): Promise<string> {
  const part = await readLog(sql, { execution, epoch, stream: 'stdout', offset: 0, limit: 1_000_000 });
  let whole = Buffer.alloc(0);
  for (const { offset, bytes } of part?.pieces ?? []) {
    if (offset !== whole.length) throw new Error(`after ${whole.length} bytes comes offset ${offset}`);
    whole = Buffer.concat([whole, bytes]);
  }
  return whole.toString();
}
