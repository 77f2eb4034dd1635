import { readConfiguration, unknownVariables, type Sources } from '../shared/config/read.ts';
import { trustCaBundle } from '../shared/certificates/trust.ts';
import { createLogger } from '../shared/logger.ts';
import { startServer, type Server } from './server.ts';
import { serverSettings } from './settings.ts';

/**
 * Starts the control plane as it is configured. The caller stops it.
 * @throws AttuneError `invalid_configuration`, and whatever keeps a server from starting
 */
export async function start(sources: Sources): Promise<Server> {
  const config = readConfiguration(serverSettings, sources);
  trustCaBundle(config.caBundle);
  const logger = createLogger(config.logLevel);
  const variables = unknownVariables(serverSettings, sources.environment);
  if (variables.length > 0) logger.warn({ variables }, 'no setting of the server has these names');
  return startServer({ config, logger });
}
