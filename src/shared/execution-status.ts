import { constants } from 'node:os';
import type { TerminalState } from '../contract/execution-state.ts';

export interface Ending {
  readonly state: TerminalState;
  readonly exitCode: number | null;
  /** Like `SIGKILL`. */
  readonly signal: string | null;
}

/** The exit status that stands for the end of an execution: its own exit code where it has one, 128 + n after signal n. */
export function statusOfExecution({ state, exitCode, signal }: Ending): number {
  if (state !== 'failed') return statusOfState[state];
  return exitCode || signalStatus(signal) || statusOfState.abandoned;
}

/** 124 as timeout(1) of coreutils has it; 130 as a shell reports a program that SIGINT ended. */
const statusOfState = { completed: 0, timeout: 124, cancelled: 130, abandoned: 1 } as const;

function signalStatus(signal: string | null): number {
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
  return number === undefined ? 0 : 128 + number;
}
