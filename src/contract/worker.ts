import * as z from 'zod';
import { capabilities, detectedRuntime } from './capability.ts';
import { plainName } from './names.ts';
import { runtimeDefinition, type RuntimeDefinition } from './runtime.ts';

/** A runtime that the control plane knows: a pack's, or one that a worker brought (`autoDetected`). */
export interface KnownRuntime {
  readonly definition: RuntimeDefinition;
  readonly autoDetected: boolean;
}

/**
 * A runtime that an agent offers, with the definition to store for it where the control plane knows none. Without one the
 * control plane brought it, and has taken it back since if it does not know it.
 */
export const offeredRuntime = z.object({
  name: z.string(),
  detected: z.array(detectedRuntime),
  template: runtimeDefinition.optional(),
});
export type OfferedRuntime = z.infer<typeof offeredRuntime>;

/** What an agent says of itself when it starts. `pool` absent: derived from the capabilities by the control plane. */
export const workerRegistration = z.object({
  name: plainName,
  pool: plainName.optional(),
  slots: z.int().positive(),
  capabilities,
  runtimes: z.array(offeredRuntime),
  agent: z.object({ version: z.string(), commit: z.string(), architecture: z.string() }),
});
export type WorkerRegistration = z.infer<typeof workerRegistration>;

/** An attempt, as every write of a worker names it. */
export const attempt = z.object({ execution: z.int().positive(), epoch: z.int().positive() });
export type Attempt = z.infer<typeof attempt>;

/**
 * The worker of an agent that is dead, and its attempts that have begun and whose end is not known to be stored. All of them, because
 * one that is not named counts as never begun: it is run again.
 */
export interface Predecessor {
  readonly worker: number;
  readonly attempts: readonly Attempt[];
}

/** An attempt of a predecessor that is the new worker's now. `logEnds`: how many bytes of each masked stream are stored. */
export interface KeptAttempt extends Attempt {
  readonly logEnds: { readonly stdout: number; readonly stderr: number };
}

/** `kept`: those of the predecessor's attempts that go on, under their epochs; the others that it named are fenced. */
export interface Registered {
  readonly worker: number;
  readonly pool: string;
  readonly kept: readonly KeptAttempt[];
}

/**
 * What a heartbeat brings back. `status` other than `online` means that this worker was given up or replaced: its
 * attempts are fenced. A `cordoned` one finishes what it has and takes nothing new. `cancel` and `fenced` are attempts out of those that the agent named.
 */
export interface HeartbeatReply {
  readonly status: 'online' | 'offline' | 'lost' | 'replaced';
  readonly cordoned: boolean;
  readonly cancel: readonly Attempt[];
  readonly fenced: readonly Attempt[];
}
