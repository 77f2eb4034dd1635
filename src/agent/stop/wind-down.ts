import { runPhases } from '../../shared/shutdown.ts';
import type { AgentParts } from '../session.ts';
import { aborted } from './ladder.ts';

/** What processes get beyond their grace time, and every phase that waits for somebody else. */
const phaseSeconds = 5;

/** The end of a worker that stops: what runs may finish, is ended, is spooled; then nobody waits for it any more. */
export async function windDown({
  attempts,
  config,
  link,
  logger,
  stop,
  delivery,
}: AgentParts): Promise<void> {
  await runPhases(
    [
      {
        name: 'drain',
        seconds: config.drainTime,
        run: () => Promise.race([attempts.idle(), aborted(stop.cancel)]),
      },
      {
        name: 'cancel',
        seconds: config.graceTime + phaseSeconds,
        run: () => {
          attempts.endAll('shutdown');
          return attempts.idle();
        },
      },
      {
        name: 'spool',
        seconds: phaseSeconds,
        run: () => {
          attempts.killAll();
          delivery.leave();
          return attempts.idle();
        },
      },
      { name: 'unregister', seconds: phaseSeconds, run: () => link.unregister() },
    ],
    logger,
  );
}
