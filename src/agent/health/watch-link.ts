import type { Link } from '../link/link.ts';
import type { Health } from './health.ts';

/** The same link, which tells what becomes of its calls. */
export function watchLink(link: Link, health: Health): Link {
  const noteFailure = (error: unknown): never => {
    health.failed(error);
    throw error;
  };
  return {
    ...link,
    connect: () => link.connect().catch(noteFailure),
    async register(registration, predecessor) {
      const registered = await link.register(registration, predecessor).catch(noteFailure);
      health.registered({ name: registration.name, slots: registration.slots, pool: registered.pool });
      return registered;
    },
    async renew(registration, onTurn) {
      const pool = await link.renew(registration, onTurn);
      if (pool !== undefined) health.moved(pool);
      return pool;
    },
    async heartbeat(attempts) {
      try {
        const reply = await link.heartbeat(attempts);
        health.heard(reply);
        return reply;
      } catch (error) {
        health.heartbeatFailed(error);
        throw error;
      }
    },
    async consume(options, onAssigned) {
      const consumption = await link.consume(options, onAssigned).catch(noteFailure);
      health.consuming(true);
      return {
        vacate: () => consumption.vacate(),
        stop() {
          health.consuming(false);
          return consumption.stop();
        },
      };
    },
    async finish(attempt, outcome, chunks) {
      const verdict = await link.finish(attempt, outcome, chunks);
      if (verdict === 'accepted') health.ended(outcome.state);
      return verdict;
    },
  };
}
