import { setTimeout as delay } from 'node:timers/promises';
import type { LogChunk, LogStream } from '../../../../src/contract/outcome.ts';
import type { Attempt, Registered } from '../../../../src/contract/worker.ts';
import type { Sql } from '../../../../src/store/connect.ts';
import { claimNext } from '../../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../../src/store/executions/finish.ts';
import { appendLogs } from '../../../../src/store/executions/logs.ts';
import { newWorker, sampleOutcome } from '../../store/support/samples.ts';

/** The database side of an agent, step by step in the hands of a test. */
export interface HandWorker {
  readonly registered: Registered;
  /** Waits until something is scheduled to it, and claims it. */
  claim(): Promise<Attempt>;
  write(attempt: Attempt, stream: LogStream, offset: number, bytes: string | Uint8Array): Promise<void>;
  finish(attempt: Attempt, chunks?: readonly LogChunk[]): Promise<void>;
}

export async function handWorker(sql: Sql): Promise<HandWorker> {
  const registered = await newWorker(sql, { slots: 100 });
  const writerOf = (attempt: Attempt) => ({ ...attempt, worker: registered.worker });
  return {
    registered,
    async claim() {
      for (;;) {
        const {
          rows: [row],
        } = await claimNext(sql, { ...registered, count: 1 });
        if (row !== undefined) return { execution: row.execution, epoch: row.epoch };
        await delay(5);
      }
    },
    async write(attempt, stream, offset, bytes) {
      await appendLogs(sql, writerOf(attempt), [{ stream, sequence: 0, offset, bytes: Buffer.from(bytes) }]);
    },
    async finish(attempt, chunks = []) {
      await finishExecution(sql, writerOf(attempt), sampleOutcome(), chunks);
    },
  };
}
