import { describeError } from '../../shared/errors.ts';
import { deliver, type Delivery } from './deliver.ts';

/**
 * Delivers what an earlier agent could not, before this one takes any work. What is fenced by now was ended by others, and
 * is forgotten like what is accepted. What the control plane can't take stays where it is, and keeps nobody from starting.
 */
export async function deliverLeftovers(delivery: Delivery): Promise<void> {
  const { spool, logger } = delivery;
  for (const undelivered of await spool.load()) {
    try {
      const verdict = await deliver(undelivered, delivery);
      if (verdict === 'spooled') return;
      await spool.forget(undelivered.attempt);
      logger.info({ ...undelivered.attempt, verdict }, 'spooled result delivered');
    } catch (error) {
      logger.error(
        { ...undelivered.attempt, reason: describeError(error) },
        'spooled result not deliverable',
      );
    }
  }
}
