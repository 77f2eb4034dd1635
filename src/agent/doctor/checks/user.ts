import { accessSync, constants } from 'node:fs';
import type { Configuration } from '../../../shared/config/setting.ts';
import { confineJobs } from '../../confine/confine.ts';
import { findBarriers } from '../../confine/prepare-folders.ts';
import type { Environment } from '../../detect/environment.ts';
import { describeUser } from '../../host/confinement.ts';
import type { agentSettings } from '../../settings.ts';
import { ok, warning, type Check, type Verdict } from '../finding.ts';

/** Who the agent and its executions are. */
export function userChecks(config: Configuration<typeof agentSettings>, environment: Environment): Check[] {
  return [
    { name: 'user', examine: () => ok(`${process.getuid?.()}, group ${process.getgid?.()}`) },
    { name: 'home', examine: () => examineHome(confineJobs(config, environment).environment['HOME']) },
    { name: 'jobs', examine: () => examineJobs(config, environment) },
  ];
}

function examineHome(home: string | undefined): Verdict {
  const fix = 'set HOME to a writable folder, like HOME=/tmp';
  if (home === undefined || home === '')
    return warning('HOME is not set: tools that keep something there, like pip and npm, may fail', fix);
  try {
    accessSync(home, constants.W_OK | constants.X_OK);
    return ok(`${home} can be written`);
  } catch {
    return warning(`HOME is ${home}, which can't be written: tools like pip and npm may fail`, fix);
  }
}

/** What the settings `job.*` ask for may need rights that the container does not give. */
function examineJobs(config: Configuration<typeof agentSettings>, environment: Environment): Verdict {
  const { user } = confineJobs(config, environment).confinement;
  if (user === undefined) return ok("run as the agent's user");
  const barriers = findBarriers(user, config);
  if (barriers.length === 0) return ok(`run as user ${describeUser(user)}`);
  const reasons = barriers.map(({ path, reason }) => `they can't use ${path}: ${reason}`);
  return { status: 'warning', message: reasons.join('; ') };
}
