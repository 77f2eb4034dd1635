import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readText } from './files.ts';

/** How many CPUs this process may run on at all. */
export function countCpus(root: string): number {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readText(join(root, 'proc/self/status')) ?? '')?.[1];
  return (list === undefined ? undefined : countCpuList(list)) ?? availableParallelism();
}

/** How many CPUs a list like `0-3,8` names; undefined where it is none. */
export function countCpuList(list: string): number | undefined {
  let count = 0;
  for (const range of list.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) return undefined;
    count += Number(match[2] ?? match[1]) - Number(match[1]) + 1;
  }
  return count > 0 ? count : undefined;
}
