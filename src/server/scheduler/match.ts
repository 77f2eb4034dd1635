import type { Capabilities, DetectedRuntime, Requirement } from '../../contract/capability.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import { inVersionRange } from '../../contract/version-range.ts';

/** Needs no interpreter, so every worker has it. */
const everywhere = 'native';

/** Something that a pool lacks, in words that continue "lacks …", and what it has in its place: versions, or another value of the label. */
export interface Lack {
  readonly what: string;
  readonly instead: readonly string[];
}

/**
 * What a pool lacks of a requirement: nothing when the pool satisfies it. A runtime whose version is unknown satisfies `*`
 * only.
 */
export function lacking(requirement: Requirement, offered: Capabilities): Lack[] {
  const runtimes = Object.entries(requirement.runtimes)
    .filter(([name, range]) => !offersRuntime(offered, name, range))
    .map(([name, range]) => ({
      what: describeRuntime(name, range),
      instead: offeredOf(offered, name).map(({ version = 'an unknown version' }) => version),
    }));
  const labels = Object.entries(requirement.labels)
    .filter(([name, value]) => offered.labels[name] !== value)
    .map(([name, value]) => ({ what: `label ${name}=${value}`, instead: labelOf(offered, name) }));
  return [...runtimes, ...labels];
}

/** `python >=3.12`, or just `python` where any version will do. */
export function describeRuntime(name: string, range: string): string {
  return range === '*' ? name : `${name} ${range}`;
}

function offersRuntime(offered: Capabilities, name: string, range: string): boolean {
  if (canonicalRuntime(name) === everywhere) return true;
  return offeredOf(offered, name).some(({ version }) => inVersionRange(version, range));
}

function offeredOf({ runtimes }: Capabilities, name: string): DetectedRuntime[] {
  const wanted = canonicalRuntime(name);
  return runtimes.filter((runtime) => canonicalRuntime(runtime.name) === wanted);
}

function labelOf({ labels }: Capabilities, name: string): string[] {
  const value = labels[name];
  return value === undefined ? [] : [`${name}=${value}`];
}
