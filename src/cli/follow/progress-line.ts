import type { Context } from '../context.ts';
import { paint } from '../format/paint.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMilliseconds = 100;
const eraseLine = '\r\u001B[2K';

/** One line that says what is being waited for. */
export interface ProgressLine {
  /** Shows another text; on anything but a terminal, each new text is a line of its own. */
  show(text: string): void;
  /** Takes the line away until another text is shown. */
  clear(): void;
  /** Takes the line away, for good. */
  close(): void;
}

export function openProgressLine({ errors }: Pick<Context, 'errors'>): ProgressLine {
  return errors.isTTY === true ? spinner(errors) : plainLines(errors);
}

function spinner(errors: Context['errors']): ProgressLine {
  let text = '';
  let frame = 0;
  const draw = (): void => {
    frame = (frame + 1) % frames.length;
    const line = text.slice(0, Math.max(10, (errors.columns || 80) - 3));
    errors.write(`${eraseLine}${paint(errors, 'cyan', frames[frame] ?? '')} ${line}`);
  };
  const timer = setInterval(() => text !== '' && draw(), frameMilliseconds);
  const clear = (): void => {
    if (text !== '') errors.write(eraseLine);
    text = '';
  };
  return {
    show(next) {
      text = next;
      draw();
    },
    clear,
    close() {
      clearInterval(timer);
      clear();
    },
  };
}

function plainLines(errors: Context['errors']): ProgressLine {
  let shown = '';
  return {
    show(text) {
      if (text !== shown) errors.write(`${text}\n`);
      shown = text;
    },
    clear() {
      shown = '';
    },
    close() {
      shown = '';
    },
  };
}
