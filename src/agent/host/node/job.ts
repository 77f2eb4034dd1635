import { setTimeout as delay } from 'node:timers/promises';
import type { EndCause, Job, JobExit, JobSpecification, OutputReceiver } from '../process-host.ts';
import { pumpOutput } from './pump-output.ts';
import { descendantsOf, isGroupRunning, type ProcessIdentity } from './process-table.ts';
import { signalGroup } from './signal-group.ts';
import type { Leader } from './spawn.ts';
import type { Sweep } from './sweep.ts';

export interface JobParts {
  readonly child: Leader;
  /** When it was started, as `performance.now()` tells it. */
  readonly started: number;
  readonly mark: string;
  readonly specification: JobSpecification;
  readonly output: OutputReceiver;
  readonly sweep: Sweep;
}

/** How often a terminated group is asked whether it has gone. */
const groupPollMilliseconds = 50;

/** Hands out the output of a started process, and sees it and its descendants to their end. */
export function runJob({ child, started, mark, specification, output, sweep }: JobParts): Job {
  const { pid } = child;
  const drained = pumpOutput(child, output);
  const { promise: exited, resolve } = Promise.withResolvers<JobExit>();
  const deadline = setTimeout(() => terminate('timeout'), specification.timeoutMilliseconds);
  let cause: EndCause | undefined;
  let graceEnds = 0;
  const family: ProcessIdentity[] = [];
  let grace: NodeJS.Timeout | undefined;

  function terminate(why: EndCause): void {
    if (cause !== undefined) return;
    cause = why;
    graceEnds = performance.now() + specification.graceMilliseconds;
    // Once their parents are gone, nothing tells whose children they were but a mark that they may have cleared.
    family.push(...descendantsOf(pid));
    signalGroup(pid, 'SIGTERM');
    // A stopped process would not see TERM before it goes on.
    signalGroup(pid, 'SIGCONT');
    grace = setTimeout(kill, specification.graceMilliseconds);
  }

  function kill(): void {
    if (cause === 'exited') return;
    cause ??= 'shutdown';
    graceEnds = 0;
    family.push(...descendantsOf(pid));
    signalGroup(pid, 'SIGKILL');
  }

  /** The children of a leader that died of TERM have their grace as well. */
  async function groupLeaves(): Promise<void> {
    // Nothing tells of the end of a grandchild
    while (performance.now() < graceEnds && isGroupRunning(pid)) await delay(groupPollMilliseconds);
  }

  async function conclude(exitCode: number | null, signal: string | null): Promise<void> {
    const durationMilliseconds = performance.now() - started;
    clearTimeout(deadline);
    cause ??= 'exited';
    if (grace !== undefined) await groupLeaves();
    clearTimeout(grace);
    const strays = await sweep({ pid, mark, milliseconds: performance.now() - started, family });
    const leakedPipe = !(await drained());
    resolve({ exitCode, signal, cause, durationMilliseconds, peakMemoryBytes: null, strays, leakedPipe });
  }

  child.once('exit', (exitCode, signal) => void conclude(exitCode, signal));
  return { pid, end: terminate, kill, exited };
}
