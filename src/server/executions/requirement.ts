import type { ActionView } from '../../contract/api/action.ts';
import type { Requirement } from '../../contract/capability.ts';
import { resolveRuntime, type RuntimeAliases } from '../../contract/runtime-aliases.ts';

/** What an action asks of a pool: its own runtime, the further ones that it names, labels. Runtimes by their one name. */
export function requirementOf(
  action: Pick<ActionView, 'runtime' | 'runtime_version' | 'required_worker_runtimes' | 'worker_selector'>,
  aliases: RuntimeAliases,
): Requirement {
  const asked = [
    [action.runtime, action.runtime_version ?? '*'] as const,
    ...Object.entries(action.required_worker_runtimes),
  ];
  return { runtimes: rangesByName(asked, aliases), labels: action.worker_selector };
}

/** The same requirement, in the names that the runtimes have by now. */
export function resolveRequirement({ runtimes, labels }: Requirement, aliases: RuntimeAliases): Requirement {
  return { runtimes: rangesByName(Object.entries(runtimes), aliases), labels };
}

/** Ranges of one runtime under several spellings must all hold. */
function rangesByName(
  asked: readonly (readonly [name: string, range: string])[],
  aliases: RuntimeAliases,
): Record<string, string> {
  const ranges: Record<string, string> = {};
  for (const [name, range] of asked) {
    const runtime = resolveRuntime(name, aliases);
    const already = ranges[runtime];
    ranges[runtime] = already === undefined ? range : intersection(already, range);
  }
  return ranges;
}

/** A semver range that both ranges allow: alternatives (`||`) are combined each with each. */
function intersection(one: string, other: string): string {
  const others = other.split('||');
  return one
    .split('||')
    .flatMap((left) => others.map((right) => `${left.trim()} ${right.trim()}`))
    .join(' || ');
}
