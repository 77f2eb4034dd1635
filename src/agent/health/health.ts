import type { TerminalState } from '../../contract/execution-state.ts';
import type { HeartbeatReply, Registered, WorkerRegistration } from '../../contract/worker.ts';
import { describeError } from '../../shared/errors.ts';

/** Whether an agent can take executions now, and in one line for people why, or why not. */
export interface HealthReport {
  readonly ready: boolean;
  readonly reason: string;
}

/** As whom this agent is known to the control plane. */
export type Identity = Pick<WorkerRegistration, 'name' | 'slots'> & Pick<Registered, 'pool'>;

export interface HealthOptions {
  readonly heartbeatMilliseconds: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** So many heartbeats may be missed. Then the control plane gives a worker up, too (see worker_lost_after). */
const missedHeartbeats = 3;

/** What an agent knows of its own health: told by the link, asked by probes. */
export class Health {
  readonly heartbeats = { accepted: 0, failed: 0 };
  readonly finished = new Map<TerminalState, number>();
  /** Attempts under way; whoever runs some puts it here. */
  running: () => number = () => 0;
  readonly #options: HealthOptions;
  #identity: Identity | undefined;
  #consuming = false;
  /** When the last heartbeat was accepted. */
  #heard: number | undefined;
  /** What failed last, since something worked. */
  #trouble = 'it has just started';

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** Milliseconds since a heartbeat was accepted. */
  get silence(): number | undefined {
    return this.#heard === undefined ? undefined : this.#options.now() - this.#heard;
  }

  registered(identity: Identity): void {
    this.#identity = identity;
    this.#heard = undefined;
    this.#trouble = 'its first heartbeat is under way';
  }

  /** It offers something else, and so is in another pool. */
  moved(pool: string): void {
    if (this.#identity !== undefined) this.#identity = { ...this.#identity, pool };
  }

  consuming(yes: boolean): void {
    this.#consuming = yes;
  }

  heard({ status }: Pick<HeartbeatReply, 'status'>): void {
    if (status !== 'online') {
      this.#identity = undefined;
      this.#trouble = `the control plane counts it as ${status}`;
      return;
    }
    this.heartbeats.accepted += 1;
    this.#heard = this.#options.now();
  }

  heartbeatFailed(error: unknown): void {
    this.heartbeats.failed += 1;
    this.failed(error);
  }

  failed(error: unknown): void {
    this.#trouble = describeError(error);
  }

  ended(state: TerminalState): void {
    this.finished.set(state, (this.finished.get(state) ?? 0) + 1);
  }

  report(): HealthReport {
    const identity = this.#identity;
    if (identity === undefined) return unready('the worker', `is not registered: ${this.#trouble}`);
    const name = `worker ${identity.name}`;
    const { silence } = this;
    if (silence === undefined) return unready(name, `is not heard yet: ${this.#trouble}`);
    if (silence > missedHeartbeats * this.#options.heartbeatMilliseconds)
      return unready(name, `was not heard for ${inSeconds(silence)}: ${this.#trouble}`);
    if (!this.#consuming) return unready(name, 'takes no executions: it has just started, or it stops');
    const load = `${this.running()} of ${identity.slots} slots taken`;
    return {
      ready: true,
      reason: `${name} of pool ${identity.pool}, ${load}, heard ${inSeconds(silence)} ago`,
    };
  }
}

function unready(name: string, problem: string): HealthReport {
  return { ready: false, reason: `${name} ${problem}` };
}

function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
