import { existsSync } from 'node:fs';
import { describeError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import { pruneEnvironments, type Bounds } from './prune.ts';

const hourMilliseconds = 3_600_000;

/** Removes what is out of bounds, now and every hour, for as long as the process lives. Where nothing can be written, somebody else has to. */
export function keepWithin(root: string, bounds: Bounds, logger: Logger): void {
  const prune = async () => {
    if (!existsSync(root)) return;
    try {
      const removed = await pruneEnvironments(root, bounds);
      for (const { pack, name, bytes } of removed)
        logger.info({ pack, environment: name, bytes }, 'unused environment removed');
    } catch (error) {
      logger.debug({ reason: describeError(error) }, 'unused environments are not removed');
    }
  };
  void prune();
  setInterval(() => void prune(), hourMilliseconds).unref();
}

/** The bounds of an agent's settings. */
export function boundsOf(config: {
  readonly environmentMaxAge: number;
  readonly environmentMaxSize: number | undefined;
}): Bounds {
  const { environmentMaxAge, environmentMaxSize } = config;
  return { mostAge: environmentMaxAge === 0 ? undefined : environmentMaxAge, mostBytes: environmentMaxSize };
}
