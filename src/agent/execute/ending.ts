import type { EndCause, Job } from '../host/process-host.ts';

type RequestedCause = Exclude<EndCause, 'exited' | 'timeout'>;

/** The wish that an attempt ends, which may come before its process exists. The first cause counts. */
export class Ending {
  #cause: RequestedCause | undefined;
  #killed = false;
  #job: Job | undefined;
  #controller: AbortController | undefined;

  /** Aborted by the first request. Made when it is asked for: most attempts need none. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#cause !== undefined) this.#controller.abort(this.#cause);
    return this.#controller.signal;
  }

  get cause(): RequestedCause | undefined {
    return this.#cause;
  }

  request(cause: RequestedCause): void {
    this.#cause ??= cause;
    this.#job?.end(cause);
    this.#controller?.abort(cause);
  }

  kill(): void {
    this.#killed = true;
    this.#job?.kill();
  }

  /** The end is stored: what its process left needs to be kept no longer. */
  release(): void {
    this.#job?.release();
  }

  /** The process exists now: what was asked for before reaches it. */
  attach(job: Job): void {
    this.#job = job;
    if (this.#cause !== undefined) job.end(this.#cause);
    if (this.#killed) job.kill();
  }
}
