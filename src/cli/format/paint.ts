import { styleText } from 'node:util';
import type { ExecutionState } from '../../contract/execution-state.ts';
import type { Output } from '../context.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'gray' | 'bold';

/** Colours the text where `output` is a terminal that shows colours; NO_COLOR and FORCE_COLOR are honoured. */
export function paint(output: Output, colour: Colour, text: string): string {
  return styleText(colour, text, { stream: output });
}

const stateColours: Readonly<Record<ExecutionState, Colour>> = {
  requested: 'yellow',
  scheduled: 'yellow',
  running: 'cyan',
  canceling: 'cyan',
  completed: 'green',
  failed: 'red',
  timeout: 'red',
  cancelled: 'magenta',
  abandoned: 'red',
};

export function paintState(output: Output, state: ExecutionState): string {
  return paint(output, stateColours[state], state);
}
