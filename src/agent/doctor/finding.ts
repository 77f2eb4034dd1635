/** From best to worst. */
export const statuses = ['ok', 'warning', 'failure'] as const;
export type Status = (typeof statuses)[number];

/** What a check came to, in one line; the fix where something is wrong and the message does not end with it. */
export interface Verdict {
  readonly status: Status;
  readonly message: string;
  readonly fix?: string;
}

export interface Check {
  readonly name: string;
  /** What it rejects with is a failure. */
  examine(): Verdict | Promise<Verdict>;
}

export interface Finding extends Verdict {
  readonly check: string;
}

export function ok(message: string): Verdict {
  return { status: 'ok', message };
}

/** The agent works, but something that it or its executions may need does not. */
export function warning(message: string, fix: string): Verdict {
  return { status: 'warning', message, fix };
}

/** The agent can't work. */
export function failure(message: string, fix?: string): Verdict {
  return { status: 'failure', message, ...(fix === undefined ? {} : { fix }) };
}

/** The worst status of all; `ok` where there is none. */
export function worstOf(findings: readonly Pick<Finding, 'status'>[]): Status {
  return statuses.findLast((status) => findings.some((finding) => finding.status === status)) ?? 'ok';
}
