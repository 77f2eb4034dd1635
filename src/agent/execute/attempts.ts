import type { Attempt } from '../../contract/worker.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { EndCause } from '../host/process-host.ts';
import type { Assigned } from '../link/link.ts';

/** An attempt under way. */
export interface RunningAttempt {
  readonly attempt: Attempt;
  /** Asks it to end; the first cause counts, also before its process exists. */
  readonly end: (cause: Exclude<EndCause, 'exited' | 'timeout'>) => void;
  /** Without grace. */
  readonly kill: () => void;
  /** Resolves when its terminal state is stored, fenced off, or spooled. */
  readonly done: Promise<void>;
}

/** How many cancellations of executions that do not run here are remembered: their claim may be under way. */
const mostEarlyCancellations = 100;

/** All attempts that this agent runs. */
export class Attempts {
  readonly #running = new Map<RunningAttempt, Promise<void>>();
  /** Executions that were cancelled before they came, the latest last. */
  #cancelledEarly: readonly number[] = [];
  readonly #start: (assigned: Assigned) => RunningAttempt;
  readonly #logger: Logger;

  constructor(start: (assigned: Assigned) => RunningAttempt, logger: Logger) {
    this.#start = start;
    this.#logger = logger;
  }

  /** Starts it, and settles it when it is done. */
  begin(assigned: Assigned): void {
    this.add(this.#start(assigned), () => assigned.settle());
  }

  /** Counts one in that runs already. `settle` is called when it is done, and must not reject. */
  add(running: RunningAttempt, settle: () => Promise<void>): void {
    this.#running.set(running, this.#follow(running, settle));
    if (this.#cancelledEarly.includes(running.attempt.execution)) running.end('cancelled');
  }

  list(): Attempt[] {
    return [...this.#running.keys()].map(({ attempt }) => attempt);
  }

  /** Ends the attempt of the execution that runs here, or is about to: the cancellation may overtake the answer to its claim. */
  cancel(execution: number): void {
    const running = [...this.#running.keys()].filter(({ attempt }) => attempt.execution === execution);
    for (const { end } of running) end('cancelled');
    if (running.length === 0)
      this.#cancelledEarly = [...this.#cancelledEarly, execution].slice(-mostEarlyCancellations);
  }

  /** Another epoch owns the execution: this attempt's process must die. */
  fence({ execution, epoch }: Attempt): void {
    for (const { attempt, end } of this.#running.keys()) {
      if (attempt.execution === execution && attempt.epoch === epoch) end('fenced');
    }
  }

  endAll(cause: 'shutdown' | 'fenced'): void {
    for (const { end } of this.#running.keys()) end(cause);
  }

  killAll(): void {
    for (const { kill } of this.#running.keys()) kill();
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #follow(running: RunningAttempt, settle: () => Promise<void>): Promise<void> {
    try {
      await running.done;
    } catch (error) {
      this.#logger.error(
        { ...running.attempt, reason: describeError(error) },
        'attempt could not be settled',
      );
    } finally {
      // Its slot must not be lost with it. What has no stored end is given up by the control plane, as nobody names it any more.
      this.#running.delete(running);
      await settle();
    }
  }
}
