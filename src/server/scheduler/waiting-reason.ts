import type { Requirement } from '../../contract/capability.ts';
import type { PoolState } from './choose.ts';
import { describeRuntime, lacking } from './match.ts';

/**
 * Why no pool can take an execution, for a person:
 * `needs python >=3.12 and label gpu=true; 7 workers: 5 lack python >=3.12 (have 3.9.18, 3.11.2), 2 lack label gpu=true`.
 * Workers are counted under the first thing that their pool lacks.
 */
export function waitingReason(requirement: Requirement, pools: readonly PoolState[]): string {
  const needs = `needs ${describeRequirement(requirement)}`;
  const alive = pools.filter((pool) => pool.workers > 0);
  const workers = alive.reduce((sum, pool) => sum + pool.workers, 0);
  if (workers === 0) return `${needs}; no worker is online`;
  const parts = [...shortages(requirement, alive)].map(([what, shortage]) =>
    describeShortage(what, shortage),
  );
  return `${needs}; ${workers} ${workers === 1 ? 'worker' : 'workers'}: ${parts.join(', ')}`;
}

/** How many workers lack something, and what they have in its place. */
interface Shortage {
  readonly workers: number;
  readonly instead: readonly string[];
}

function shortages(requirement: Requirement, alive: readonly PoolState[]): Map<string, Shortage> {
  const found = new Map<string, Shortage>();
  for (const { capabilities, workers } of alive) {
    const { what, instead } = lacking(requirement, capabilities)[0] ?? { what: 'nothing', instead: [] };
    const others = found.get(what);
    found.set(what, {
      workers: (others?.workers ?? 0) + workers,
      instead: [...new Set([...(others?.instead ?? []), ...instead])],
    });
  }
  return found;
}

/** More are not read by anybody. */
const mostAlternatives = 8;

function describeShortage(what: string, { workers, instead }: Shortage): string {
  const ordered = instead.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const shown = ordered.length > mostAlternatives ? [...ordered.slice(-mostAlternatives), '…'] : ordered;
  const verb = workers === 1 ? ['lacks', 'has'] : ['lack', 'have'];
  return `${workers} ${verb[0]} ${what}${shown.length === 0 ? '' : ` (${verb[1]} ${shown.join(', ')})`}`;
}

function describeRequirement({ runtimes, labels }: Requirement): string {
  const parts = [
    ...Object.entries(runtimes).map(([name, range]) => describeRuntime(name, range)),
    ...Object.entries(labels).map(([name, value]) => `label ${name}=${value}`),
  ];
  return parts.join(' and ');
}
