import { totalmem } from 'node:os';
import type { Capabilities } from '../../../contract/capability.ts';
import { readCgroupLimits } from './cgroup.ts';
import { countCpus } from './cpus.ts';
import { detectDistribution } from './distribution.ts';
import { detectGpus } from './gpus.ts';
import { detectLibc } from './libc.ts';

/** What a container is, beside its runtimes and labels. */
export type ContainerCapabilities = Omit<Capabilities, 'runtimes' | 'labels'>;

/**
 * Looks at the container: its architecture and C library, and the CPUs, memory and GPUs that it may use. Reads files only.
 * @param root folder under which the container's files are
 */
export function detectCapabilities(root = '/'): ContainerCapabilities {
  const limits = readCgroupLimits(root);
  const distribution = detectDistribution(root);
  return {
    architecture: architectureName(process.arch),
    libc: detectLibc(root),
    ...(distribution === undefined ? {} : { distribution }),
    cpus: Math.min(countCpus(root), limits.cpus ?? Infinity),
    memory_bytes: Math.min(totalmem(), limits.memoryBytes ?? Infinity),
    gpus: detectGpus(root),
  };
}

/** What compiled code depends on: `x86_64 glibc 2.36`. */
export function describePlatform({
  architecture,
  libc = 'none',
}: Pick<Capabilities, 'architecture' | 'libc'>): string {
  return `${architecture} ${libc}`;
}

/** The kernel's name of an architecture, where Node uses another one. */
function architectureName(architecture: string): string {
  return { x64: 'x86_64', arm64: 'aarch64' }[architecture] ?? architecture;
}
