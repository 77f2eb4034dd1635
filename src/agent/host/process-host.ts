import type { LogStream } from '../../contract/outcome.ts';
import type { AttuneError } from '../../shared/errors.ts';
import type { Confinement } from './confinement.ts';

/** Why a process ended; the first cause wins. */
export type EndCause = 'exited' | 'timeout' | 'cancelled' | 'shutdown' | 'fenced';

/** One process to run, and nothing of the agent's own that it did not ask for. */
export interface JobSpecification {
  /** `argv[0]` is an absolute path. */
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** What the process reads from stdin before its end of file. A process that closes its stdin early is not an error. */
  readonly stdin: Uint8Array;
  readonly timeoutMilliseconds: number;
  /** Between TERM and KILL. */
  readonly graceMilliseconds: number;
  /** Bytes kept of each stream: the first half and the last. What lies between is dropped. At least 2. */
  readonly outputLimit: number;
  readonly confinement: Confinement;
  /** What a successor of this agent needs to go on with the job. Nobody else sees it. */
  readonly record: Uint8Array;
}

/** What became of the streams: `leaked` when one was given up because something that could not be found holds it open. */
export type LostOutput = 'nothing' | 'leaked' | 'no_memory';

export interface JobExit {
  readonly exitCode: number | null;
  /** Like `SIGKILL`, when a signal ended the process. */
  readonly signal: string | null;
  readonly cause: EndCause;
  readonly durationMilliseconds: number;
  /** CPU time, user and system, of the process and all children that it waited for. */
  readonly cpuMilliseconds: number;
  readonly peakMemoryBytes: number | null;
  /** Processes that outlived their leader and had to be killed, as many as were seen at once. */
  readonly strays: number;
  /** Processes that could not be killed in time: they wait for a disk, most likely. */
  readonly survivors: number;
  readonly lostOutput: LostOutput;
}

export interface Job {
  readonly pid: number;
  /** Asks the process to end: TERM to its group, grace, KILL. Only the first cause counts; `shutdown` may repeat. */
  end(cause: Exclude<EndCause, 'exited' | 'timeout'>): void;
  /** KILLs without grace, for the last rung of the ladder. */
  kill(): void;
  /** Resolves, never rejects, once the process and every descendant of it is gone and all output was handed out. */
  readonly exited: Promise<JobExit>;
  /** Forgets the job, after it has exited. Until then, what it left is kept for a successor of this agent. */
  release(): void;
}

/**
 * Takes each piece of output as it comes, in order for each stream; `offset` counts bytes from the start of the stream, and jumps where some
 * were dropped. While a returned promise is pending no more of that stream is handed out; the process does not wait for
 * that. It must neither throw nor reject.
 */
export type OutputReceiver = (stream: LogStream, bytes: Uint8Array, offset: number) => void | Promise<void>;

/** A job of an agent that died, and went on without it. */
export interface InheritedJob {
  readonly record: Uint8Array;
  /** To be called once. The receiver gets all output from the beginning. */
  adopt(output: OutputReceiver): Job;
}

/** What an agent finds that was started because its predecessor died. */
export interface Inheritance {
  /** What the predecessor has asked to remember last; empty where there was none. */
  readonly note: Uint8Array;
  readonly jobs: readonly InheritedJob[];
}

/**
 * Starts and owns the processes of jobs. No process survives its job, however it forked, detached or ignored signals; a job survives the
 * agent. Jobs are independent of each other, and none waits for the agent to take its output.
 */
export interface ProcessHost {
  readonly inheritance: Inheritance;
  /**
   * Rejects with `spawn_failed` when the process can't be started; the message names what was refused and why. Retryable only
   * where the system had no room for another process or file.
   */
  start(specification: JobSpecification, output: OutputReceiver): Promise<Job>;
  /** What a successor of this agent is to know, at most 4 KiB. */
  remember(note: Uint8Array): void;
  /** Resolves when the host has failed: all jobs are dead, and no other can be started. */
  readonly failed: Promise<AttuneError>;
  /** Kills what still runs, resolves when all is gone. What it has to say to the supervisor is said before it returns. */
  close(): Promise<void>;
}
