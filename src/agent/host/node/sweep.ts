import { existsSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createBatcher } from '../../../shared/batcher.ts';
import { readMark, starting } from './mark.ts';
import type { ProcessCounter } from './process-counter.ts';
import { isRunning, processIds, wasBornAfter, type ProcessIdentity } from './process-table.ts';
import { signalGroup } from './signal-group.ts';

/** A leader that has ended. */
export interface Ended {
  /** Also the id of its group. */
  readonly pid: number;
  readonly mark: string;
  /** How long ago it started. */
  readonly milliseconds: number;
  /** Descendants that are known by other means than their mark. */
  readonly family: readonly ProcessIdentity[];
}

/** Kills what a job left behind and resolves when it is gone. @returns how many processes that were */
export type Sweep = (ended: Ended) => Promise<number>;

/** Between one look at all processes and the next, for killed ones to go. */
const pauseMilliseconds = 5;
/** A process that KILL does not end within this time hangs in the kernel: nothing can be done about it. */
const patienceMilliseconds = 5000;
/** A process that has no environment for so long has none at all. */
const startingMilliseconds = 500;
/** Up to so many process ids a look at each is cheaper than at all processes. */
const fewProcesses = 64;
/** In less than this time the system can't have handed out every process id and begun again. */
const shortMilliseconds = 1000;

export interface SweepParts {
  readonly counter: ProcessCounter | undefined;
  /** Whether a process is the leader of a job that still runs, and so needs no look. */
  readonly isLeader: (pid: number) => boolean;
}

/** @returns the sweep of one host, which looks through all processes once for jobs that end together */
export function createSweep({ counter, isLeader }: SweepParts): Sweep {
  const look = createBatcher((marks: readonly string[]) => Promise.resolve(killMarked(marks, counter)));

  /** Whether nothing can be left: looks only at what was started since, if that is little, as it is for the usual short job. */
  function leftNothing({ pid, mark, milliseconds }: Ended): boolean {
    if (counter === undefined || milliseconds > shortMilliseconds) return false;
    const last = counter.last();
    if (!(last >= pid && last - pid <= fewProcesses)) return false;
    let strangers = false;
    for (const other of bornSince(pid, counter)) {
      if (isLeader(other) || !existsSync(`/proc/${other}`)) continue;
      const found = readMark(other);
      if (found === mark || found === starting) return false;
      strangers = true;
    }
    // One of them may be a member of the group that cleared its environment.
    return !(strangers && signalGroup(pid, 0));
  }

  return async function sweep(ended) {
    if (ended.family.length === 0 && leftNothing(ended)) return 0;
    const killed = new Set<number>();
    const began = performance.now();
    const bornAfter = uptime() - ended.milliseconds / 1000;
    for (;;) {
      // Each look must come after the last one's kills
      const { marked, unclear } = await look(ended.mark);
      const relatives = ended.family.filter(isRunning).map(({ pid }) => pid);
      relatives.forEach(killWithGroup);
      signalGroup(ended.pid, 'SIGKILL');
      const found = [...marked, ...relatives];
      for (const pid of found) killed.add(pid);
      const elapsed = performance.now() - began;
      const wait = elapsed < startingMilliseconds && unclear.some((pid) => wasBornAfter(pid, bornAfter));
      if ((found.length === 0 && !wait) || elapsed > patienceMilliseconds) return killed.size;
      await delay(pauseMilliseconds);
    }
  };
}

/** What one look at all processes found for one mark. */
interface Found {
  readonly marked: number[];
  /** Processes that may bear the mark and could not be read yet. */
  readonly unclear: readonly number[];
}

/** One look at all processes for any number of jobs: kills what bears one of the marks. */
function killMarked(marks: readonly string[], counter: ProcessCounter | undefined): Found[] {
  const found = new Map(marks.map((mark) => [mark, [] as number[]]));
  const unclear: number[] = [];
  for (const pid of everyProcess(counter)) {
    const mark = readMark(pid);
    if (mark === starting) unclear.push(pid);
    const marked = mark === undefined ? undefined : found.get(mark);
    if (marked === undefined) continue;
    marked.push(pid);
    killWithGroup(pid);
  }
  return marks.map((mark) => ({ marked: found.get(mark) ?? [], unclear }));
}

/** Also those that are born while we look: a parent may have left a child and gone before its turn comes. */
function* everyProcess(counter: ProcessCounter | undefined): Generator<number> {
  const last = counter?.last();
  yield* processIds();
  if (counter !== undefined && last !== undefined) yield* bornSince(last, counter);
}

/** The process ids that were given out after `pid`, up to the last one when all others have been looked at. */
function* bornSince(pid: number, counter: ProcessCounter): Generator<number> {
  let last = counter.last();
  for (let next = pid + 1; next <= last; next += 1) {
    yield next;
    if (next === last) last = counter.last();
  }
}

/** At once and with the group that it may lead: what forks faster than we look must not win. */
function killWithGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL');
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
