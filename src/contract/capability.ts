import * as z from 'zod';

/** An interpreter that a worker found: `version` is semver (`3.12.1`) or absent where none can be told. */
export const detectedRuntime = z.object({
  name: z.string().min(1),
  version: z.string().optional(),
  path: z.string().optional(),
});
export type DetectedRuntime = z.infer<typeof detectedRuntime>;

/**
 * What all workers of one pool offer. `memory_bytes` and `cpus` are limits as the cgroup allows them; they are
 * not part of a pool's identity (see `identity` in the store), runtimes, labels, architecture, libc and GPUs are.
 */
export const capabilities = z.object({
  runtimes: z.array(detectedRuntime),
  labels: z.record(z.string(), z.string()).default({}),
  architecture: z.string(),
  libc: z.string().optional(),
  distribution: z.string().optional(),
  cpus: z.number().positive(),
  memory_bytes: z.number().nonnegative(),
  gpus: z.array(z.string()).default([]),
});
export type Capabilities = z.infer<typeof capabilities>;

/** What an execution asks of a pool. Ranges are semver ranges; `*` is any version, also an unknown one. */
export const requirement = z.object({
  runtimes: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
});
export type Requirement = z.infer<typeof requirement>;
