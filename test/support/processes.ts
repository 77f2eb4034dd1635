import { readFileSync } from 'node:fs';

export interface ProcessState {
  readonly pid: number;
  /** As the kernel writes it: `S`, `R`, `Z` … */
  readonly state: string;
}

/** Every process that descends from another one, zombies included; children before grandchildren. */
export function descendantsOf(ancestor: number): ProcessState[] {
  const children = childrenOf(ancestor);
  return [...children.map((pid) => ({ pid, state: stateOf(pid) })), ...children.flatMap(descendantsOf)];
}

/** Whether a process exists and has not ended: a zombie has. */
export function isRunning(pid: number): boolean {
  return !['', 'Z'].includes(stateOf(pid));
}

/** As the kernel writes it, empty for a process that is gone. Source: proc_pid_stat(5). */
export function stateOf(pid: number): string {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

function childrenOf(pid: number): number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Empty for a process that is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
