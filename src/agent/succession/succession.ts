import type { Attempt, KeptAttempt, Predecessor } from '../../contract/worker.ts';
import type { Logger } from '../../shared/logger.ts';
import type { RunningAttempt } from '../execute/attempts.ts';
import { decodeRecord } from '../execute/record.ts';
import {
  discardAttempt,
  resumeAttempt,
  type InheritedAttempt,
  type ResumeParts,
} from '../execute/resume-attempt.ts';
import type { InheritedJob, ProcessHost } from '../host/process-host.ts';
import { decodeNote, encodeNote, type WorkerNote } from './note.ts';

/** What an agent that was started in the place of a dead one has of it, and leaves to the next. */
export interface Succession {
  /** The worker that the dead agent was, until its attempts are resumed; `undefined` in the first agent. */
  readonly predecessor: Predecessor | undefined;
  /** The name that the worker had, which its successor bears too. */
  readonly name: string | undefined;
  /** Goes on with those attempts that the control plane has kept for us, and ends all others. There is nothing to succeed any more then. */
  resume(kept: readonly KeptAttempt[]): RunningAttempt[];
  /** Says who we are, for an agent after us. */
  remember(worker: WorkerNote): void;
}

export type SuccessionParts = ResumeParts & {
  readonly host: Pick<ProcessHost, 'inheritance' | 'remember' | 'start'>;
  readonly logger: Logger;
};

/** Reads what the supervisor has kept for us. */
export function createSuccession(parts: SuccessionParts): Succession {
  const { host, logger } = parts;
  const note = decodeNote(host.inheritance.note);
  let inherited: readonly InheritedAttempt[] = host.inheritance.jobs.flatMap((job) => {
    const record = decodeRecord(job.record);
    if (record.kind === 'attempt') return [{ job, record }];
    void endInstaller(job);
    return [];
  });
  let predecessor = note && { worker: note.worker, attempts: inherited.map(({ record }) => record.attempt) };
  if (note !== undefined)
    logger.warn({ worker: note.worker, running: inherited.length }, 'succeeding an agent that died');

  return {
    get predecessor() {
      return predecessor;
    },
    name: note?.name,
    resume(kept) {
      const running = inherited.flatMap((one) => {
        const keptOne = kept.find((attempt) => isSame(attempt, one.record.attempt));
        if (keptOne !== undefined) return [resumeAttempt(one, keptOne.logEnds, parts)];
        logger.warn({ ...one.record.attempt }, 'not ours any more: ending its process');
        void discardAttempt(one);
        return [];
      });
      inherited = [];
      predecessor = undefined;
      return running;
    },
    remember: (worker) => host.remember(encodeNote(worker)),
  };
}

/** Who waited for it is gone, and the next one begins anew in a folder of its own. */
async function endInstaller(inherited: InheritedJob): Promise<void> {
  const job = inherited.adopt(() => undefined);
  job.kill();
  await job.exited;
  job.release();
}

function isSame(one: Attempt, other: Attempt): boolean {
  return one.execution === other.execution && one.epoch === other.epoch;
}
