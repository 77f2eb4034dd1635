import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { descendantsOf } from '../test/support/processes.ts';
import { createClient } from './client.ts';
import { load } from './load.ts';
import { startSystem, type Roads, type System } from './system.ts';

/** Milliseconds of CPU that one execution costs, by part of the system; parts that are idle are left out. */
export interface Costs {
  readonly cpu_ms: Readonly<Record<string, number>>;
  readonly per_second: number;
}

/** Source: proc_pid_stat(5), and USER_HZ, which is the same on every Linux. */
const tickMilliseconds = 10;
const parallel = 4;

/** Starts the system on one road, runs `total` no-op executions, and says where their CPU time went. Servers in containers of their own are not seen. */
export async function profileRoad(roads: Roads, total: number): Promise<Costs> {
  const system = await startSystem(roads);
  const sql = postgres(roads.databaseUrl, { max: 1, connection: { application_name: 'bench' } });
  try {
    const { complete } = createClient(system.url);
    const work = (count: number) => load(count, parallel, () => complete('bench.noop'));
    await work(total / 2);
    const before = await readCpu(sql, system);
    const { whole } = await work(total);
    const after = await readCpu(sql, system);
    const spent = [...after].map(([part, used]) => [part, (used - (before.get(part) ?? 0)) / total] as const);
    return {
      cpu_ms: Object.fromEntries(spent.filter(([, used]) => used > 0)),
      per_second: (1000 * total) / whole,
    };
  } finally {
    await sql.end();
    await system.stop();
  }
}

/** Milliseconds of CPU that each part has used so far. */
async function readCpu(sql: postgres.Sql, system: System): Promise<ReadonlyMap<string, number>> {
  const cpu = new Map<string, number>();
  const add = (part: string, used: number) => cpu.set(part, (cpu.get(part) ?? 0) + used);
  const connections = await sql<{ port: number; name: string }[]>`
    SELECT client_port AS port, application_name AS name FROM pg_stat_activity WHERE client_port > 0`;
  const applications = new Map(connections.map(({ port, name }) => [String(port), name]));
  for (const pid of [process.pid, ...descendantsOf(process.pid).map((child) => child.pid)]) {
    const { own, children } = cpuOf(pid);
    add(partOf(pid, system, applications), own);
    if (pid === system.agent.init) add('jobs', children);
  }
  return cpu;
}

function partOf(pid: number, { server, agent }: System, applications: ReadonlyMap<string, string>): string {
  const named = new Map([
    [process.pid, 'load client'],
    [server, 'server'],
    [agent.pid, 'agent'],
    [agent.init, 'supervisor'],
  ]).get(pid);
  if (named !== undefined) return named;
  const title = textOf(pid, 'cmdline');
  if (title.includes('beam.smp')) return 'RabbitMQ';
  if (!title.includes('postgres')) return 'other';
  // Their titles name the port of the client: `postgres: user database 127.0.0.1(40404) idle`.
  const application = applications.get(/\((\d+)\)/.exec(title)?.[1] ?? '');
  return `PostgreSQL: ${application ?? 'background'}`;
}

/** Milliseconds that a process has used, and those of its children that have ended. */
function cpuOf(pid: number): { readonly own: number; readonly children: number } {
  const stat = textOf(pid, 'stat');
  // After the name, which may hold anything, `utime` is the 12th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    own: (user + system) * tickMilliseconds,
    children: (childUser + childSystem) * tickMilliseconds,
  };
}

/** Empty for a process that is gone. */
function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
