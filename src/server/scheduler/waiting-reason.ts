import type { Requirement } from '../../contract/capability.ts';
import type { PoolState } from './choose.ts';
import { describeRuntime, lacking } from './match.ts';

/**
 * Why no pool can take an execution, for a person:
 * `needs python >=3.12 and label gpu=true; 7 workers: 5 lack python >=3.12, 2 lack label gpu=true`.
 * Workers are counted under the first thing that their pool lacks.
 */
export function waitingReason(requirement: Requirement, pools: readonly PoolState[]): string {
  const needs = `needs ${describeRequirement(requirement)}`;
  const alive = pools.filter((pool) => pool.workers > 0);
  const workers = alive.reduce((sum, pool) => sum + pool.workers, 0);
  if (workers === 0) return `${needs}; no worker is online`;
  const lacks = new Map<string, number>();
  for (const pool of alive) {
    const first = lacking(requirement, pool.capabilities)[0] ?? 'nothing';
    lacks.set(first, (lacks.get(first) ?? 0) + pool.workers);
  }
  const parts = [...lacks].map(([what, count]) => `${count} ${count === 1 ? 'lacks' : 'lack'} ${what}`);
  return `${needs}; ${workers} ${workers === 1 ? 'worker' : 'workers'}: ${parts.join(', ')}`;
}

function describeRequirement({ runtimes, labels }: Requirement): string {
  const parts = [
    ...Object.entries(runtimes).map(([name, range]) => describeRuntime(name, range)),
    ...Object.entries(labels).map(([name, value]) => `label ${name}=${value}`),
  ];
  return parts.join(' and ');
}
