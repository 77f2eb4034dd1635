import type { PoolState } from '../../../../src/server/scheduler/choose.ts';

/** A pool for tests: `runtimes` like `python@3.12.1`. */
export function pool(
  name: string,
  runtimes: string[],
  rest: Partial<PoolState> & { labels?: Record<string, string>; gpus?: string[] } = {},
): PoolState {
  const { labels = {}, gpus = [], ...state } = rest;
  return {
    name,
    slots: 2,
    workers: 1,
    load: 0,
    capabilities: {
      runtimes: runtimes.map((text) => {
        const [runtime = '', version] = text.split('@');
        return version === undefined ? { name: runtime } : { name: runtime, version };
      }),
      labels,
      gpus,
      architecture: 'x86_64',
      cpus: 2,
      memory_bytes: 0,
    },
    ...state,
  };
}
