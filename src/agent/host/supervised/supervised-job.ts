import type { EndCause, Job, JobExit, OutputReceiver } from '../process-host.ts';
import { decodeOutput, decodeReport, encodeCredit, encodeEnd, encodeKill } from './messages.ts';
import { OutputQueue } from './output-queue.ts';

/** The agent's view of one job of the supervisor. */
export class SupervisedJob {
  readonly exited: Promise<JobExit>;
  readonly #slot: number;
  readonly #send: (frame: Buffer) => void;
  readonly #queues: { readonly stdout: OutputQueue; readonly stderr: OutputQueue };
  readonly #resolve: (exit: JobExit) => void;

  constructor(slot: number, send: (frame: Buffer) => void, output: OutputReceiver) {
    const queue = (stream: 'stdout' | 'stderr') =>
      new OutputQueue(stream, output, (bytes) => send(encodeCredit(slot, stream, bytes)));
    const { promise, resolve } = Promise.withResolvers<JobExit>();
    this.#slot = slot;
    this.#send = send;
    this.#queues = { stdout: queue('stdout'), stderr: queue('stderr') };
    this.exited = promise;
    this.#resolve = resolve;
  }

  takeOutput(payload: Buffer): void {
    const { stream, bytes } = decodeOutput(payload);
    this.#queues[stream].push(bytes);
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
      peakMemoryBytes: null,
      strays: 0,
      leakedPipe: false,
    });
  }

  handle(pid: number): Job {
    return { pid, end: (cause) => this.#end(cause), kill: () => this.kill(), exited: this.exited };
  }

  kill(): void {
    this.#send(encodeKill(this.#slot));
  }

  #end(cause: EndCause): void {
    this.#send(encodeEnd(this.#slot, cause));
  }

  async #conclude(exit: JobExit): Promise<void> {
    await Promise.all([this.#queues.stdout.idle(), this.#queues.stderr.idle()]);
    this.#resolve(exit);
  }
}
