import { variableOf, type Configuration } from '../../shared/config/setting.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Link } from '../link/link.ts';
import { agentSettings } from '../settings.ts';
import { createPackCache } from './cache.ts';
import { packsCacheDirectory } from './cache-directory.ts';
import { createPacks, type Packs } from './packs.ts';

/** How often the cache is tidied, beside after each fetch. */
const tidyMilliseconds = 600_000;

/** The packs of a worker: from the folder of all packs, else fetched over its link into a cache, which is tidied from now on. */
export function offerPacks(
  link: Pick<Link, 'openPack'>,
  config: Configuration<typeof agentSettings>,
  logger: Logger,
): Packs {
  const cache = createPackCache({
    directory: packsCacheDirectory(config),
    bounds: { mostAge: config.packsCacheAge, mostBytes: config.packsCacheSize },
    openArchive: (revision) => link.openPack(revision),
    patience: { seconds: config.connectTimeout, setting: variableOf(agentSettings.connectTimeout) },
    logger,
  });
  void cache.tidy();
  setInterval(() => void cache.tidy(), tidyMilliseconds).unref();
  return createPacks(config.packsDirectory, cache);
}
