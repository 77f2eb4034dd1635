import { getPriority } from 'node:os';
import { readText } from '../detect/container/files.ts';
import { resources, type JobUser, type Resource } from '../host/confinement.ts';

/** Source: linux/capability.h. */
const capabilities = { chown: 0, kill: 5, setgid: 6, setuid: 7, sys_nice: 23, sys_resource: 24 } as const;
export type Capability = keyof typeof capabilities;

/** Who this process is, and what it may do. */
export interface Rights {
  readonly user: JobUser;
  readonly has: (capability: Capability) => boolean;
  /** The highest that it may set without `sys_resource`. */
  readonly hardLimit: (resource: Resource) => number;
  readonly nice: number;
  /** The lowest niceness that it may give without `sys_nice`. */
  readonly lowestNice: number;
}

export function readRights(): Rights {
  const [status = '', limits = ''] = ['status', 'limits'].map((name) => readText(`/proc/self/${name}`));
  return parseRights(status, limits, getPriority());
}

/**
 * What the files `status` and `limits` of a process tell: see proc(5). What they do not tell is not denied.
 * @param nice its niceness
 */
export function parseRights(status: string, limits: string, nice: number): Rights {
  const lines = status.split('\n').map((line) => line.split(/\s+/).filter(Boolean));
  const words = (name: string) => lines.find(([first]) => first === `${name}:`)?.slice(1) ?? [];
  const [effective] = words('CapEff');
  const held = effective === undefined ? -1n : BigInt(`0x${effective}`);
  const rows = limits.split('\n').slice(1);
  return {
    user: {
      uid: Number(words('Uid')[1]),
      gid: Number(words('Gid')[1]),
      groups: words('Groups').map(Number),
    },
    has: (capability) => (held & (1n << BigInt(capabilities[capability]))) !== 0n,
    hardLimit: (resource) => parseRow(rows[resources[resource]]).hard,
    nice,
    lowestNice: 20 - parseRow(rows[niceResource]).soft,
  };
}

/** Source: RLIMIT_NICE of asm-generic/resource.h; the rows are in the order of these numbers. */
const niceResource = 13;

function parseRow(row = ''): { readonly soft: number; readonly hard: number } {
  const [, soft, hard] = / (\d+|unlimited) +(\d+|unlimited) /.exec(`${row} `) ?? [];
  return { soft: parseLimit(soft), hard: parseLimit(hard) };
}

function parseLimit(text = 'unlimited'): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
