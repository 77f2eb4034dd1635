import type { EndCause, Job, JobExit, OutputReceiver } from '../process-host.ts';
import { encodeFrame } from './frames.ts';
import { decodeReport, encodeCredit, encodeEnd, MessageType } from './messages.ts';
import { OutputQueue, streamCredit, type Piece } from './output-queue.ts';

/** What a job can say to its supervisor. */
export interface JobLine {
  readonly slot: number;
  send(frame: Buffer): void;
  /** The slot is needed no more: says so, with a frame for which nobody waits. */
  leave(last: Buffer): void;
}

/** The agent's view of one job of the supervisor. */
export class SupervisedJob {
  readonly exited: Promise<JobExit>;
  readonly #line: JobLine;
  readonly #queues: { readonly stdout: OutputQueue; readonly stderr: OutputQueue };
  readonly #resolve: (exit: JobExit) => void;

  constructor(line: JobLine, output: OutputReceiver) {
    const queue = (stream: 'stdout' | 'stderr') =>
      new OutputQueue(stream, output, (bytes) => line.send(encodeCredit(line.slot, stream, bytes)));
    const { promise, resolve } = Promise.withResolvers<JobExit>();
    this.#line = line;
    this.#queues = { stdout: queue('stdout'), stderr: queue('stderr') };
    this.exited = promise;
    this.#resolve = resolve;
  }

  /** Asks for all output of a job that ran before we came. */
  askForOutput(): void {
    for (const stream of ['stdout', 'stderr'] as const)
      this.#line.send(encodeCredit(this.#line.slot, stream, streamCredit));
  }

  takeOutput(stream: 'stdout' | 'stderr', piece: Piece): void {
    this.#queues[stream].push(piece);
  }

  takeReport(payload: Buffer): void {
    void this.#conclude(decodeReport(payload));
  }

  /** Without its supervisor a job is dead: the kernel kills it. */
  lose(): void {
    void this.#conclude({
      exitCode: null,
      signal: 'SIGKILL',
      cause: 'shutdown',
      durationMilliseconds: 0,
      cpuMilliseconds: 0,
      peakMemoryBytes: null,
      strays: 0,
      survivors: 0,
      lostOutput: 'nothing',
    });
  }

  handle(pid: number): Job {
    return {
      pid,
      end: (cause) => this.#end(cause),
      kill: () => this.kill(),
      exited: this.exited,
      release: () => this.#release(),
    };
  }

  kill(): void {
    this.#line.send(encodeFrame(MessageType.kill, this.#line.slot));
  }

  #end(cause: EndCause): void {
    this.#line.send(encodeEnd(this.#line.slot, cause));
  }

  #release(): void {
    this.#line.leave(encodeFrame(MessageType.release, this.#line.slot));
  }

  async #conclude(exit: JobExit): Promise<void> {
    await Promise.all([this.#queues.stdout.idle(), this.#queues.stderr.idle()]);
    this.#resolve(exit);
  }
}
