import { containerHints, detect } from '../../detect/detect.ts';
import type { Environment } from '../../detect/environment.ts';
import { ok, warning, type Check, type Verdict } from '../finding.ts';

/** What this container can run. */
export function runtimeCheck(environment: Environment, runtimes: readonly string[] | undefined): Check {
  return { name: 'runtimes', examine: () => examineRuntimes(environment, runtimes) };
}

async function examineRuntimes(
  environment: Environment,
  wanted: readonly string[] | undefined,
): Promise<Verdict> {
  const { runtimes, warnings } = await detect({
    environment,
    hints: containerHints(),
    runtimes: wanted,
    ignored: [process.execPath],
  });
  const names = runtimes.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`));
  if (warnings.length > 0)
    return warning(`${names.join(', ')}; ${warnings.join('; ')}`, 'see ATTUNE_WORKER_RUNTIMES and PATH');
  if (runtimes.length === 0)
    return warning('none, so no action can run here', 'use an image with an interpreter, or set PATH');
  return ok(names.join(', '));
}
