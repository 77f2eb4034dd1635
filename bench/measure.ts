import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from './client.ts';
import { load, percentile } from './load.ts';
import { startSystem, type Roads } from './system.ts';

/** The job of the throughput figure: it reads its parameters and prints a line. */
const noop = 'cat >/dev/null; echo hi';
const parallel = 4;

export interface Figures {
  readonly first_line_ms: number;
  readonly consuming_ms: number;
  readonly rest_pss_mb: number | undefined;
  readonly loud_pss_mb: number | undefined;
  readonly spawn_p50_ms: number;
  readonly spawn_p95_ms: number;
  readonly result_p50_ms: number;
  readonly result_p95_ms: number;
  readonly executions_per_second: number;
  readonly python_40_seconds: number;
}

/** Jobs a second of a loop that only spawns. */
export function measureBareSpawn(total: number): number {
  const script = join(import.meta.dirname, 'bare-spawn.py');
  return Number(
    execFileSync('python3', [script, String(total), String(parallel), noop, '{}\n'], { encoding: 'utf8' }),
  );
}

/** Starts the system on one road, measures everything, and stops it. */
export async function measureRoad(roads: Roads, total: number): Promise<Figures> {
  const system = await startSystem(roads);
  try {
    const run = createClient(system.url);
    await load(total / 4, parallel, async () => void (await run('bench.noop', {})));
    await delay(2000);
    const rest_pss_mb = readPss(system.agent.pid);
    const loud_pss_mb = await greatestPss(system.agent.pid, () => run('bench.loud', {}));
    const idle = await measureIdle(run, 100);
    const busy = await load(total, parallel, async () => void (await run('bench.noop', {})));
    const python = await load(40, 1, async () => void (await run('bench.light_python', {})));
    return {
      first_line_ms: system.agent.firstLine,
      consuming_ms: system.agent.consuming,
      rest_pss_mb,
      loud_pss_mb,
      ...idle,
      executions_per_second: total / (busy.whole / 1000),
      python_40_seconds: python.whole / 1000,
    };
  } finally {
    await system.stop();
  }
}

/** One at a time on an idle system; the job says when its first instruction ran, by the clock of this machine. */
async function measureIdle(run: ReturnType<typeof createClient>, count: number) {
  const spawns: number[] = [];
  const { each } = await load(count, 1, async () => {
    const asked = performance.timeOrigin + performance.now();
    const { result } = await run('bench.now', {});
    spawns.push(Number(result?.data) * 1000 - asked);
    await delay(5);
  });
  return {
    spawn_p50_ms: percentile(spawns, 0.5),
    spawn_p95_ms: percentile(spawns, 0.95),
    result_p50_ms: percentile(each, 0.5) - 5,
    result_p95_ms: percentile(each, 0.95) - 5,
  };
}

/** The most memory that a process has while something runs. */
async function greatestPss(pid: number, work: () => Promise<unknown>): Promise<number | undefined> {
  const seen: number[] = [];
  const timer = setInterval(() => seen.push(readPss(pid) ?? Number.NaN), 50);
  await work();
  clearInterval(timer);
  const most = Math.max(...seen);
  return Number.isFinite(most) ? most : undefined;
}

/** Memory of a process in MB, its share of what it shares; `undefined` where the kernel does not tell us. */
function readPss(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
