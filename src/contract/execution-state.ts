import * as z from 'zod';

/** The life of an execution. The words are Attune's; DESIGN calls the last five terminal. */
export const executionState = z.enum([
  'requested',
  'scheduled',
  'running',
  'canceling',
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'abandoned',
]);
export type ExecutionState = z.infer<typeof executionState>;

/** States in which nothing can happen to an execution any more. */
export const terminalState = z.enum(['completed', 'failed', 'timeout', 'cancelled', 'abandoned']);
export type TerminalState = z.infer<typeof terminalState>;

/**
 * Every allowed step of an execution, and nothing else: each is one conditional UPDATE in the store.
 * `scheduled → requested` is a placement taken back because its pool can no longer run it;
 * `running → requested` happens only to an attempt that never began, because its worker died or did not hear of its claim, and to one
 * whose worker is lost, where the action asks for another try.
 */
export const transitions: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  requested: ['scheduled', 'cancelled', 'failed'],
  scheduled: ['running', 'requested', 'cancelled', 'failed', 'abandoned'],
  running: ['completed', 'failed', 'timeout', 'cancelled', 'canceling', 'abandoned', 'requested'],
  canceling: ['completed', 'failed', 'timeout', 'cancelled', 'abandoned'],
  completed: [],
  failed: [],
  timeout: [],
  cancelled: [],
  abandoned: [],
};

/** Whether nothing can happen to an execution in this state any more. */
export function isTerminal(state: ExecutionState): state is TerminalState {
  return transitions[state].length === 0;
}

/** Whether the table allows the step. */
export function canTransition(from: ExecutionState, to: ExecutionState): boolean {
  return transitions[from].includes(to);
}

/** The states from which `to` may be reached: the WHERE clause of every conditional UPDATE. */
export function sourcesOf(to: ExecutionState): ExecutionState[] {
  return executionState.options.filter((from) => canTransition(from, to));
}
