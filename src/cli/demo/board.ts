import { isTerminal } from '../../contract/execution-state.ts';
import type { Output } from '../context.ts';
import { duration } from '../format/age.ts';
import { queuedMilliseconds, runMilliseconds } from '../format/execution.ts';
import { paintState } from '../format/paint.ts';
import type { Act } from './play.ts';

/** Shows how far the executions are. */
export interface Board {
  show(acts: readonly Act[]): void;
}

/** On a terminal one line for each execution, drawn anew with every look; elsewhere a line for each step. */
export function createBoard(output: Output): Board {
  return output.isTTY === true ? drawnBoard(output) : writtenBoard(output);
}

const nameWidth = 32;
const stateWidth = 11;

function drawnBoard(output: Output): Board {
  let lines = 0;
  return {
    show(acts) {
      const now = new Date();
      const up = lines === 0 ? '' : `\u001B[${lines}A`;
      const drawn = acts.map((act) => `\u001B[2K  ${lineOf(output, act, now)}\n`);
      output.write(`${up}${drawn.join('')}`);
      lines = acts.length;
    },
  };
}

function writtenBoard(output: Output): Board {
  const shown = new Map<number, string>();
  return {
    show(acts) {
      const now = new Date();
      for (const act of acts) {
        const { id, state } = act.execution;
        if (shown.get(id) !== state) output.write(`  ${lineOf(output, act, now)}\n`);
        shown.set(id, state);
      }
    },
  };
}

function lineOf(output: Output, { execution }: Act, now: Date): string {
  const { action, state } = execution;
  const padding = ' '.repeat(Math.max(1, stateWidth - state.length));
  const run = runMilliseconds(execution, now);
  const time = run === null && !isTerminal(state) ? queuedMilliseconds(execution, now) : (run ?? 0);
  return `${action.padEnd(nameWidth)}${paintState(output, state)}${padding}${duration(time)}`;
}
