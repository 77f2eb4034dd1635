/** What a job gets of the system beside its program. */
export interface Confinement {
  /** Permission bits that its new files do not get. */
  readonly umask: number;
  /** `undefined`: the agent's own. */
  readonly user: JobUser | undefined;
  /** Added to the agent's own: 19 yields to everybody, below 0 takes a right. */
  readonly nice: number;
  /** What is not named stays as the agent has it. */
  readonly limits: readonly Limit[];
  /** Nothing that it runs gains rights, not even a set-uid program such as sudo. */
  readonly noNewPrivileges: boolean;
}

/** By number: no account needs to exist. */
export interface JobUser {
  readonly uid: number;
  readonly gid: number;
  /** All supplementary groups. */
  readonly groups: readonly number[];
}

/** In bytes, seconds or pieces, as setrlimit(2) counts them; infinity is unlimited. */
export interface Limit {
  readonly resource: Resource;
  readonly soft: number;
  readonly hard: number;
}

/** What can be limited, and its number. Source: asm-generic/resource.h of Linux, the same for x86-64 and arm64. */
export const resources = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  sigpending: 11,
  msgqueue: 12,
} as const;
export type Resource = keyof typeof resources;

/** The hard one, like `nofile=1024`. */
export function describeLimit({ resource, hard }: Limit): string {
  return `${resource}=${Number.isFinite(hard) ? hard : 'unlimited'}`;
}

/** `1000:1000`. */
export function describeUser({ uid, gid }: JobUser): string {
  return `${uid}:${gid}`;
}
