import type { ActionDefinition } from '../../contract/action.ts';
import type { DetectedRuntime } from '../../contract/capability.ts';
import { aliasesIn, resolveRuntime } from '../../contract/runtime-aliases.ts';
import { inVersionRange } from '../../contract/version-range.ts';
import type { LocalPack } from '../../packs/open-pack.ts';

/** Why this machine can't run an action, where it lacks a runtime that the action asks for. */
export function missingRuntime(
  action: ActionDefinition,
  pack: Pick<LocalPack, 'runtimes'>,
  detected: readonly DetectedRuntime[],
): string | undefined {
  const aliases = aliasesIn(pack.runtimes);
  const asked = [
    [action.runner_type, action.runtime_version ?? '*'] as const,
    ...Object.entries(action.required_worker_runtimes),
  ];
  for (const [name, range] of asked) {
    const runtime = resolveRuntime(name, aliases);
    const offered = detected.filter((one) => one.name === runtime);
    if (runtime === native || offered.some(({ version }) => inVersionRange(version, range))) continue;
    if (offered.length === 0) return `needs ${runtime}, which this machine does not have`;
    return `needs ${runtime} ${range}; this machine has ${offered.map(({ version }) => version ?? 'an unknown version').join(', ')}`;
  }
  return undefined;
}

/** Needs no interpreter, so every worker has it. */
const native = 'native';
