import type { Attempt, HeartbeatReply } from '../../contract/worker.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

export interface HeartbeatOptions {
  readonly intervalMilliseconds: number;
  readonly logger: Logger;
  /** The attempts that run now. */
  readonly attempts: () => readonly Attempt[];
  readonly beat: (attempts: readonly Attempt[]) => Promise<HeartbeatReply>;
  readonly onReply: (reply: HeartbeatReply) => void;
}

/**
 * Says at once and then regularly that the worker lives, and hands on what it hears. A beat that fails is not repeated before the next is
 * due; beats never overlap.
 * @returns stops it; a beat under way may still end
 */
export function startHeartbeat(options: HeartbeatOptions): () => void {
  let beating = false;
  const beat = () => {
    if (beating) return;
    beating = true;
    void beatOnce(options).finally(() => {
      beating = false;
    });
  };
  beat();
  const timer = setInterval(beat, options.intervalMilliseconds);
  return () => clearInterval(timer);
}

async function beatOnce({ attempts, beat, onReply, logger }: HeartbeatOptions): Promise<void> {
  try {
    onReply(await beat(attempts()));
  } catch (error) {
    logger.warn({ reason: describeError(error) }, 'heartbeat failed');
  }
}
