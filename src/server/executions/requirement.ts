import type { ActionView } from '../../contract/api/action.ts';
import type { Requirement } from '../../contract/capability.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';

/** What an action asks of a pool: its own runtime, the further ones that it names, labels. */
export function requirementOf(
  action: Pick<ActionView, 'runtime' | 'runtime_version' | 'required_worker_runtimes' | 'worker_selector'>,
): Requirement {
  const runtimes: Record<string, string> = { [action.runtime]: action.runtime_version ?? '*' };
  for (const [name, range] of Object.entries(action.required_worker_runtimes)) {
    const runtime = canonicalRuntime(name);
    const already = runtimes[runtime];
    runtimes[runtime] = already === undefined ? range : intersection(already, range);
  }
  return { runtimes, labels: action.worker_selector };
}

/** A semver range that both ranges allow: alternatives (`||`) are combined each with each. */
function intersection(one: string, other: string): string {
  const others = other.split('||');
  return one
    .split('||')
    .flatMap((left) => others.map((right) => `${left.trim()} ${right.trim()}`))
    .join(' || ');
}
