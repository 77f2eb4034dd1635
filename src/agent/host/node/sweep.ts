import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createBatcher } from '../../../shared/batcher.ts';
import { readMark } from './mark.ts';
import { signalGroup } from './signal-group.ts';

/** A leader that has ended: its process id (and group), its mark, and how long ago it started. */
export interface Ended {
  readonly pid: number;
  readonly mark: string;
  readonly milliseconds: number;
}

/** Kills what a job left behind and resolves when it is gone. @returns how many processes that were */
export type Sweep = (ended: Ended) => Promise<number>;

/** Between one look at all processes and the next, for killed ones to go. */
const pauseMilliseconds = 5;
/** A process that KILL does not end within this time hangs in the kernel: nothing can be done about it. */
const patienceMilliseconds = 5000;
/** Up to so many process ids a look at each is cheaper than at all processes. */
const fewProcesses = 64;
/** In less than this time the system can't have handed out every process id and begun again. */
const shortMilliseconds = 1000;
/** Source: linux/magic.h. */
const procMagic = 0x9fa0;

/** @param isLeader whether a process is the leader of a job that still runs, and so needs no look */
export function createSweep(isLeader: (pid: number) => boolean): Sweep {
  const killMarked = createBatcher(killMarkedProcesses);
  const countsProcesses = hasOwnProcessCount();

  /** Whether nothing new can be alive: true only for a short job with few processes, which is the usual one. */
  function leftNothing({ pid, mark, milliseconds }: Ended): boolean {
    if (!countsProcesses || milliseconds > shortMilliseconds) return false;
    const last = lastProcessId();
    if (last < pid || last - pid > fewProcesses) return false;
    for (let other = pid + 1; other <= last; other += 1) {
      if (!isLeader(other) && existsSync(`/proc/${other}`) && readMark(other) === mark) return false;
    }
    return true;
  }

  return async function sweep(ended) {
    if (!signalGroup(ended.pid, 0) && leftNothing(ended)) return 0;
    const killed = new Set<number>();
    const deadline = performance.now() + patienceMilliseconds;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each look must come after the last one's kills
      const found = await killMarked(ended.mark);
      signalGroup(ended.pid, 'SIGKILL');
      for (const pid of found) killed.add(pid);
      if (found.length === 0 || performance.now() > deadline) return killed.size;
      // oxlint-disable-next-line no-await-in-loop -- see above
      await delay(pauseMilliseconds);
    }
  };
}

/** One look at all processes for any number of jobs. Answers the processes that it killed for each mark. */
function killMarkedProcesses(marks: readonly string[]): Promise<number[][]> {
  const found = new Map(marks.map((mark) => [mark, [] as number[]]));
  for (const pid of processIds()) {
    const mark = readMark(pid);
    const pids = mark === undefined ? undefined : found.get(mark);
    if (pids === undefined) continue;
    pids.push(pid);
    killTree(pid);
  }
  return Promise.resolve(marks.map((mark) => found.get(mark) ?? []));
}

/** At once and with the group that it may lead: what forks faster than we look must not win. */
function killTree(pid: number): void {
  signalGroup(pid, 'SIGKILL');
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** The last process id that the system gave out in our own process id namespace: the fifth field of loadavg. */
function lastProcessId(): number {
  return Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[4]);
}

/** Whether loadavg is the kernel's own: a container manager's imitation (lxcfs) counts other processes. */
function hasOwnProcessCount(): boolean {
  try {
    return statfsSync('/proc/loadavg').type === procMagic && lastProcessId() > 0;
  } catch {
    return false;
  }
}
