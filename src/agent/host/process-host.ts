import type { LogStream } from '../../contract/outcome.ts';

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
}

export interface JobExit {
  readonly exitCode: number | null;
  /** Like `SIGKILL`, when a signal ended the process. */
  readonly signal: string | null;
  readonly cause: EndCause;
  readonly durationMilliseconds: number;
  readonly peakMemoryBytes: number | null;
  /** Processes that outlived their leader and had to be killed. */
  readonly strays: number;
  /** Whether a stream was given up because something that could not be killed held it open. */
  readonly leakedPipe: boolean;
}

export interface Job {
  readonly pid: number;
  /** Asks the process to end: TERM to its group, grace, KILL. Only the first cause counts; `shutdown` may repeat. */
  end(cause: Exclude<EndCause, 'exited' | 'timeout'>): void;
  /** KILLs without grace, for the last rung of the ladder. */
  kill(): void;
  /** Resolves, never rejects, once the process and every descendant of it is gone and all output was handed out. */
  readonly exited: Promise<JobExit>;
}

/**
 * Takes each piece of output as it comes, in order for each stream. The bytes are the receiver's own. While a returned promise is pending no
 * more of that stream is read: the process then feels its full pipe. (One more piece may come when the process ends.) It must
 * neither throw nor reject.
 */
export type OutputReceiver = (stream: LogStream, bytes: Uint8Array) => void | Promise<void>;

/**
 * Starts and owns the processes of jobs. No process survives its job, however it forked, detached or ignored signals.
 * Jobs are independent of each other. `close` kills what still runs and resolves when all is gone.
 */
export interface ProcessHost {
  /**
   * Rejects with `spawn_failed` when the process can't be started; the message names path and reason. Retryable only
   * where the system had no room for another process or file.
   */
  start(specification: JobSpecification, output: OutputReceiver): Promise<Job>;
  close(): Promise<void>;
}
