import type { Assignment } from '../../contract/assignment.ts';
import type { PackRevision } from '../../contract/pack.ts';
import type { LogChunk, Outcome } from '../../contract/outcome.ts';
import type {
  Attempt,
  HeartbeatReply,
  KnownRuntime,
  Predecessor,
  Registered,
  WorkerRegistration,
} from '../../contract/worker.ts';

/**
 * `fenced`: another epoch or worker owns the execution, or it is terminal; nothing was written, and the process must die.
 * What is written before the link has registered, for a dead agent, is judged by the epoch alone.
 */
export type Verdict = 'accepted' | 'fenced';

/** An assignment and the way to say that its terminal state is stored. */
export interface Assigned {
  readonly assignment: Assignment;
  settle(): Promise<void>;
}

export interface ConsumeOptions {
  /** How many assignments may be unsettled at a time. */
  readonly slots: number;
  /** How many of the slots are taken from the start, by attempts kept from a predecessor. */
  readonly occupied: number;
}

export interface Consumption {
  /** One of the slots that were occupied from the start is free now. To be called once for each. */
  vacate(): void;
  /** Takes no more; resolves when nothing new can arrive. */
  stop(): Promise<void>;
}

/**
 * How an agent talks to the control plane. One implementation for each kind of link, one conformance suite over all.
 *
 * Every method may reject with a retryable AttuneError while the control plane is away; the caller decides how long it
 * tries again. Non-retryable errors (`wrong_credentials`, `schema_too_new`) never heal. Calls may overlap; writes of one
 * attempt are made one after the other by the caller. Whoever connects closes.
 */
export interface Link {
  /** One try to reach everything that the link needs. */
  connect(): Promise<void>;
  /**
   * Makes this agent a new worker; with a predecessor, one that goes on with the attempts of an agent that died. Those kept are to be
   * named by every heartbeat from the first on, like those that were assigned. May be repeated where the answer was lost.
   */
  register(registration: WorkerRegistration, predecessor?: Predecessor): Promise<Registered>;
  /** The runtimes that the control plane knows. */
  runtimes(): Promise<readonly KnownRuntime[]>;
  /** Hears that what the worker offers may be out of date: runtimes have changed, or the pool that it names may take it now. One listener. */
  onOfferOutdated(listener: () => void): void;
  /**
   * Offers something else under the same registration. What was assigned goes on, under its epoch, and keeps its slot; what has come and is not
   * claimed goes to others; new assignments come from the pool of the new offer. `onTurn` is called when none comes
   * of the old offer any more, and none of the new one yet. Rejects as every method may: nothing is taken then until a repetition succeeds.
   * @returns the pool; `undefined` where the worker was given up, as the next heartbeat says, too
   */
  renew(registration: WorkerRegistration, onTurn: () => void): Promise<string | undefined>;
  /** Says that the worker lives, and which attempts it runs. */
  heartbeat(attempts: readonly Attempt[]): Promise<HeartbeatReply>;
  /** Takes assignments into the free slots. `onAssigned` is called synchronously and must not throw. */
  consume(options: ConsumeOptions, onAssigned: (assigned: Assigned) => void): Promise<Consumption>;
  /** Hears of cancellations at once where the link can; the heartbeat tells of them again. One listener. */
  onCancel(listener: (execution: number) => void): void;
  /** Stores chunks; in order within each stream. A repeated chunk (same stream and sequence) changes nothing. */
  appendLogs(attempt: Attempt, chunks: readonly LogChunk[]): Promise<Verdict>;
  /** Stores the last chunks and the terminal state in one step. Repeating it after it was stored answers `accepted`. */
  finish(attempt: Attempt, outcome: Outcome, chunks: readonly LogChunk[]): Promise<Verdict>;
  /**
   * The secrets that the attempt's pack wants for the installers of its dependencies, by the variables that they go into.
   * Rejects with `unknown_key` where one is not stored.
   */
  environmentKeys(attempt: Attempt): Promise<Readonly<Record<string, string>> | 'fenced'>;
  /** The current revisions of all packs. */
  packs(): Promise<PackRevision[]>;
  /**
   * The archive of a revision of a pack, a tar.gz in pieces. Reading it rejects with `pack_missing` where the control plane keeps none.
   */
  openPack(revision: PackRevision): AsyncIterable<Uint8Array>;
  /** Says that this worker stops on purpose, so that nobody waits for it. */
  unregister(): Promise<void>;
  close(): Promise<void>;
}
