import type { Logger } from '../../shared/logger.ts';

/** What each further signal asks for, the gentlest first. */
export interface Ladder {
  /** Stop taking work and let what runs go on for a while. */
  readonly drain: () => void;
  /** End what runs, now. */
  readonly cancel: () => void;
  /** Leave at once. */
  readonly exit: () => void;
}

/**
 * The ladder of signals: a first TERM or INT drains, a second cancels, a third exits.
 * @returns to be called for every signal that arrives
 */
export function createLadder(ladder: Ladder, logger: Logger): (signal: string) => void {
  const rungs = [
    { act: ladder.drain, says: 'stopping: executions may finish; a second signal cancels them' },
    { act: ladder.cancel, says: 'cancelling executions; a third signal exits at once' },
    { act: ladder.exit, says: 'exiting at once' },
  ];
  return (signal) => {
    const rung = rungs.shift();
    if (rung === undefined) return;
    logger.info({ signal }, rung.says);
    rung.act();
  };
}
