import type { Capabilities, Requirement } from '../../contract/capability.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import { inVersionRange } from '../../contract/version-range.ts';

/** Needs no interpreter, so every worker has it. */
const everywhere = 'native';

/**
 * What a pool lacks of a requirement, each in words that continue "lacks …": empty when the pool satisfies it.
 * A runtime whose version is unknown satisfies `*` only.
 */
export function lacking(requirement: Requirement, offered: Capabilities): string[] {
  const runtimes = Object.entries(requirement.runtimes)
    .filter(([name, range]) => !offersRuntime(offered, name, range))
    .map(([name, range]) => describeRuntime(name, range));
  const labels = Object.entries(requirement.labels)
    .filter(([name, value]) => offered.labels[name] !== value)
    .map(([name, value]) => `label ${name}=${value}`);
  return [...runtimes, ...labels];
}

/** `python >=3.12`, or just `python` where any version will do. */
export function describeRuntime(name: string, range: string): string {
  return range === '*' ? name : `${name} ${range}`;
}

function offersRuntime(offered: Capabilities, name: string, range: string): boolean {
  const wanted = canonicalRuntime(name);
  if (wanted === everywhere) return true;
  return offered.runtimes.some(
    (runtime) => canonicalRuntime(runtime.name) === wanted && inVersionRange(runtime.version, range),
  );
}
