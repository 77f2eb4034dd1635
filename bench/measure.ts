import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Client } from './client.ts';
import { load, percentile } from './load.ts';
import { startSystem, type Roads } from './system.ts';

/** The job of the throughput figure: it reads its parameters and prints a line. */
const noop = 'cat >/dev/null; echo hi';
const parallel = 4;
/** The bare loop and the system take turns, so that both see the same moods of the machine. */
const rounds = 5;
/** A job that tells when its first instruction ran. */
const now = join(import.meta.dirname, 'pack/actions/now.sh');

export interface Figures {
  readonly first_line_ms: number;
  readonly consuming_ms: number;
  readonly rest_pss_mb: number | undefined;
  readonly loud_pss_mb: number | undefined;
  /** From the request to the first instruction of the job. */
  readonly first_instruction_p50_ms: number;
  readonly first_instruction_p95_ms: number;
  /** The same of a bare spawn: what the kernel and the interpreter need. */
  readonly bare_first_instruction_p50_ms: number;
  readonly result_p50_ms: number;
  readonly result_p95_ms: number;
  /** While another job writes as fast as it can. */
  readonly result_beside_flood_p50_ms: number;
  readonly flood_mb_per_second: number;
  /** The same script in an environment that is built, and without one. */
  readonly built_environment_p50_ms: number;
  readonly no_environment_p50_ms: number;
  readonly bare_per_second: number;
  readonly executions_per_second: number;
  readonly python_40_seconds: number;
}

/** Starts the system on one road, measures everything, and stops it. */
export async function measureRoad(roads: Roads, total: number): Promise<Figures> {
  const system = await startSystem(roads);
  try {
    const client = createClient(system.url);
    const { run, complete } = client;
    await load(total, parallel, () => complete('bench.noop'));
    await delay(2000);
    const rest_pss_mb = readPss(system.agent.pid);
    const loud_pss_mb = await greatestPss(system.agent.pid, () => run('bench.loud'));
    const idle = await measureIdle(client, 100);
    const flood = await measureBesideFlood(client);
    const environments = await measureEnvironments(client, 200);
    const busy = await measureThroughput(client, total);
    const python = await load(40, 1, () => complete('bench.light_python'));
    return {
      first_line_ms: system.agent.firstLine,
      consuming_ms: system.agent.consuming,
      rest_pss_mb,
      loud_pss_mb,
      ...idle,
      ...flood,
      ...environments,
      ...busy,
      python_40_seconds: python.whole / 1000,
    };
  } finally {
    await system.stop();
  }
}

/** One at a time on an idle system; the job says when its first instruction ran, by the clock of this machine. */
async function measureIdle({ run }: Client, count: number) {
  const spawns: number[] = [];
  const { each } = await load(count, 1, async () => {
    const asked = performance.timeOrigin + performance.now();
    const { result } = await run('bench.now');
    spawns.push(Number(result?.data) * 1000 - asked);
    await delay(5);
  });
  return {
    first_instruction_p50_ms: percentile(spawns, 0.5),
    first_instruction_p95_ms: percentile(spawns, 0.95),
    bare_first_instruction_p50_ms: runPython('bare-start.py', String(count), '/bin/bash', now),
    result_p50_ms: percentile(each, 0.5) - 5,
    result_p95_ms: percentile(each, 0.95) - 5,
  };
}

/** One quiet job after the other beside one that floods. */
async function measureBesideFlood({ run, complete }: Client) {
  const flood = run('bench.flood');
  const { each } = await load(100, 1, () => complete('bench.noop'));
  const { result } = await flood;
  const megabytes = (result?.stdout.bytes ?? 0) / 1e6;
  return {
    result_beside_flood_p50_ms: percentile(each, 0.5),
    flood_mb_per_second: megabytes / ((result?.duration_ms ?? 0) / 1000),
  };
}

/** The two take turns, so that both see the same moods of the machine. */
async function measureEnvironments({ complete }: Client, count: number) {
  const built: number[] = [];
  const without: number[] = [];
  // The first one builds it.
  await complete('bench_installed.installed');
  await load(count, 1, async () => {
    built.push(await timeOf(() => complete('bench_installed.installed')));
    without.push(await timeOf(() => complete('bench_installed.plain')));
  });
  return {
    built_environment_p50_ms: percentile(built, 0.5),
    no_environment_p50_ms: percentile(without, 0.5),
  };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** No-op jobs a second, by a loop that only spawns and by the system. */
async function measureThroughput({ complete }: Client, total: number) {
  const count = Math.ceil(total / rounds);
  let bareSeconds = 0;
  let seconds = 0;
  for (let round = 0; round < rounds; round += 1) {
    bareSeconds += count / runPython('bare-spawn.py', String(count), String(parallel), noop, '{}\n');
    const { whole } = await load(count, parallel, () => complete('bench.noop'));
    seconds += whole / 1000;
  }
  return {
    bare_per_second: (rounds * count) / bareSeconds,
    executions_per_second: (rounds * count) / seconds,
  };
}

/** The number that a script beside this one prints. */
function runPython(script: string, ...args: readonly string[]): number {
  return Number(execFileSync('python3', [join(import.meta.dirname, script), ...args], { encoding: 'utf8' }));
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
