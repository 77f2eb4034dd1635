import { readdirSync, readFileSync } from 'node:fs';
import { signalGroup } from './signal-group.ts';

/** A process that can't be mistaken for a later one of the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since the system started. */
  readonly startTime: string;
}

/** What /proc counts in. Source: USER_HZ, 100 on every architecture that we build for. */
const ticksPerSecond = 100;
const clockMargin = 0.1;

interface Process extends ProcessIdentity {
  readonly parent: number;
  readonly group: number;
}

/** All process ids; none where there is no /proc. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Children, their children and so on, as far as each one's parent still lives. */
export function descendantsOf(ancestor: number): ProcessIdentity[] {
  const all = processIds().flatMap((pid) => readProcess(pid) ?? []);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const found = [...(children.get(ancestor) ?? [])];
  for (const { pid } of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Whether this very process still runs: a zombie does not. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  return readProcess(pid)?.startTime === startTime;
}

/**
 * Whether a process started after this many seconds of the system's running time, give or take what the system's clock leaves open.
 * A process that is gone did not.
 */
export function wasBornAfter(pid: number, seconds: number): boolean {
  const process = readProcess(pid);
  return process !== undefined && Number(process.startTime) / ticksPerSecond > seconds - clockMargin;
}

/** Whether a member of the group runs: zombies that nobody waits for are none. */
export function isGroupRunning(group: number): boolean {
  return signalGroup(group, 0) && processIds().some((pid) => readProcess(pid)?.group === group);
}

/** `undefined` for a zombie or none. The fields after the name, which may hold anything. Source: proc_pid_stat(5). */
function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent, group, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, parent: Number(parent), group: Number(group), startTime: fields[16] ?? '' };
  } catch {
    return undefined;
  }
}
