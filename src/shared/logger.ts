import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of a process: JSON lines on standard output, written at once, so that a crash loses none.
 * @param level least important level that is written
 */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: {}, formatters: { level: (label) => ({ level: label }) }, timestamp: isoTime },
    pino.destination({ fd: 1, sync: true }),
  );
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
