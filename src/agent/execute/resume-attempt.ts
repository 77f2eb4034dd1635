import type { Environments } from '../environments/environments.ts';
import type { InheritedJob } from '../host/process-host.ts';
import type { RunningAttempt } from './attempts.ts';
import { Ending } from './ending.ts';
import { observe, type AttemptParts, type Ended } from './observe.ts';
import type { LogEnds } from './output/collect-output.ts';
import { removeParameters } from './parameters/deliver-parameters.ts';
import type { Packs } from '../packs/packs.ts';
import type { AttemptRecord } from './record.ts';
import { settle } from './settle.ts';

/** An attempt whose process an earlier agent has started. */
export interface InheritedAttempt {
  readonly record: AttemptRecord;
  readonly job: InheritedJob;
}

export interface ResumeParts extends AttemptParts {
  readonly environments: Pick<Environments, 'keep'>;
  readonly packs: Pick<Packs, 'keep'>;
}

/**
 * Goes on with an attempt. The output of its process comes again from the beginning, and so everything that the earlier agent knew of it is
 * known again; what it has stored is not stored a second time.
 */
export function resumeAttempt(
  inherited: InheritedAttempt,
  logEnds: LogEnds,
  parts: ResumeParts,
): RunningAttempt {
  const ending = new Ending();
  return {
    attempt: inherited.record.attempt,
    end: (cause) => ending.request(cause),
    kill: () => ending.kill(),
    done: followToEnd(inherited, { ending, logEnds }, parts),
  };
}

/** Ends the process of an attempt that is not this worker's to go on with. Resolves when it is gone. */
export async function discardAttempt({ record, job }: InheritedAttempt): Promise<void> {
  const discarded = job.adopt(() => undefined);
  discarded.end('fenced');
  await discarded.exited;
  discarded.release();
  await removeParameters(record.parameterFolder);
}

interface Circumstances {
  readonly ending: Ending;
  readonly logEnds: LogEnds;
}

async function followToEnd(
  inherited: InheritedAttempt,
  circumstances: Circumstances,
  parts: ResumeParts,
): Promise<void> {
  const { environment, pack } = inherited.record;
  const releasePack = parts.packs.keep(pack);
  const use = environment === null ? undefined : parts.environments.keep(environment);
  await settle(inherited.record, follow(inherited, circumstances, parts), parts);
  use?.release();
  releasePack();
  circumstances.ending.release();
}

async function follow(
  { record, job }: InheritedAttempt,
  circumstances: Circumstances,
  parts: AttemptParts,
): Promise<Ended> {
  const observation = observe(record, circumstances, parts);
  const adopted = job.adopt(observation.receive);
  circumstances.ending.attach(adopted);
  const ended = await observation.conclude(await adopted.exited);
  await removeParameters(record.parameterFolder);
  return ended;
}
