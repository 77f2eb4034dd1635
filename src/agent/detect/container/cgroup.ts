import { dirname, join } from 'node:path';
import { readText } from './files.ts';

/** What the cgroup allows; undefined where it sets no limit. */
export interface CgroupLimits {
  /** CPUs, fractions included: `0.5` is half of one. */
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
}

/**
 * Reads the limits of this process's cgroup, of version 1 or 2; the tightest one from the cgroup up to its root holds.
 * @param root folder under which `proc` and `sys` are
 */
export function readCgroupLimits(root: string): CgroupLimits {
  const groups = parseCgroups(readText(join(root, 'proc/self/cgroup')) ?? '');
  const files = join(root, 'sys/fs/cgroup');
  const places = groups.flatMap((group) =>
    ancestors(group.path).map((path) => ({ controllers: group.controllers, path })),
  );
  return {
    cpus: smallest(places.map((place) => readCpus(files, place))),
    memoryBytes: smallest(places.map((place) => readMemory(files, place))),
  };
}

interface Cgroup {
  /** Empty for version 2, else controllers of version 1. */
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Lines of /proc/self/cgroup, `4:memory:/path` or `0::/path`. */
export function parseCgroups(text: string): Cgroup[] {
  return text.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    return [{ controllers: controllers.split(',').filter((name) => name !== ''), path }];
  });
}

/** A folder and those above it. A container often sees its own cgroup at the root, whatever path the host gave it. */
function ancestors(path: string): string[] {
  return path === '/' ? ['/'] : [path, ...ancestors(dirname(path))];
}

function readCpus(files: string, { controllers, path }: Cgroup): number | undefined {
  if (controllers.length === 0) return parseCpuMax(readText(join(files, path, 'cpu.max')) ?? '');
  if (!controllers.includes('cpu')) return undefined;
  const quota = readText(join(files, 'cpu', path, 'cpu.cfs_quota_us')) ?? '';
  const period = readText(join(files, 'cpu', path, 'cpu.cfs_period_us')) ?? '';
  return parseCpuMax(`${quota} ${period}`);
}

/** `200000 100000` is two CPUs; `max` and `-1` are no limit. */
export function parseCpuMax(text: string): number | undefined {
  const [quota = Number.NaN, period = Number.NaN] = text.trim().split(/\s+/).map(Number);
  return quota > 0 && period > 0 ? quota / period : undefined;
}

function readMemory(files: string, { controllers, path }: Cgroup): number | undefined {
  if (controllers.length === 0) return parseBytes(readText(join(files, path, 'memory.max')));
  if (!controllers.includes('memory')) return undefined;
  return parseBytes(readText(join(files, 'memory', path, 'memory.limit_in_bytes')));
}

/** A whole number of bytes; `max` is no limit. */
function parseBytes(text: string | undefined): number | undefined {
  const match = /^\d+$/.exec(text?.trim() ?? '');
  return match === null ? undefined : Number(match[0]);
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const set = values.filter((value) => value !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}
