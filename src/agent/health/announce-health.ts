import type { Configuration } from '../../shared/config/setting.ts';
import type { Logger } from '../../shared/logger.ts';
import type { agentSettings } from '../settings.ts';
import type { Health } from './health.ts';
import { answerAt } from './health-socket.ts';
import { newSocketName } from './socket-names.ts';

export interface Announced {
  readonly health: Health;
  /** Folder of results that could not be delivered yet. */
  readonly spool: string;
  readonly config: Pick<Configuration<typeof agentSettings>, 'healthPort' | 'healthHost'>;
  readonly logger: Logger;
}

/**
 * Lets probes ask how the agent is, as long as the process lives: `attune-agent health`, and by HTTP where a port is set.
 * @throws AttuneError `health_port_unavailable`
 */
export async function announceHealth({ health, spool, config, logger }: Announced): Promise<void> {
  const report = () => health.report();
  answerAt(newSocketName(), report, logger);
  const { healthPort: port, healthHost: host } = config;
  if (port === undefined) return;
  const [{ openHealthPort }, { createAgentMetrics }] = await Promise.all([
    import('./health-port.ts'),
    import('./metrics.ts'),
  ]);
  const metrics = createAgentMetrics({ health, spool });
  const opened = await openHealthPort({ port, host, report, metrics });
  logger.info({ port: opened.port }, 'answers probes at /live, /ready and /metrics');
}
