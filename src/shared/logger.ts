import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of a process: JSON lines on standard output, written at once, so that a crash loses none. A line that can't be written
 * is lost, and no reason to end: the terminal was closed, the disk is full.
 * @param level least important level that is written
 */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: {}, formatters: { level: (label) => ({ level: label }) }, timestamp: isoTime },
    standardOutput(),
  );
}

/** Begins anew after an error, so that lines which nobody takes do not gather. */
function standardOutput(): DestinationStream {
  let output = open();
  function open() {
    const opened = pino.destination({ fd: 1, sync: true });
    opened.on('error', () => {
      output = open();
    });
    return opened;
  }
  return { write: (line) => void output.write(line) };
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
