/**
 * `npm run bench`: what the system costs, as ratios in one run. `--json` for programs, `--total N` executions a road.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import postgres from 'postgres';
import { postgresSources } from '../test/support/servers/postgres-sources.ts';
import { rabbitmqSources } from '../test/support/servers/rabbitmq-sources.ts';
import { anyAvailable, startFrom } from '../test/support/servers/source.ts';
import { measureBareSpawn, measureRoad, type Figures } from './measure.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, total: { type: 'string', default: '1500' } },
});
const total = Number(values.total);

const say = (text: string) => values.json === true || process.stderr.write(`${text}\n`);

const database = await startFrom(postgresSources());
const broker = (await anyAvailable(rabbitmqSources())) ? await startFrom(rabbitmqSources()) : undefined;
try {
  say('bare spawn loop …');
  const bare = measureBareSpawn(total);
  const roads: Record<string, Figures> = {};
  say('over PostgreSQL …');
  roads['postgresql'] = await measureOn('bench_postgresql', undefined);
  if (broker === undefined) say('over RabbitMQ: not measured, no RabbitMQ on this machine');
  else {
    say('over RabbitMQ …');
    roads['rabbitmq'] = await measureOn('bench_rabbitmq', broker.url);
  }
  const machine = { cpus: cpus().length, memory_gb: Math.round(totalmem() / 2 ** 30) };
  console.log(
    values.json === true ? JSON.stringify({ machine, bare_per_second: bare, roads }) : table(bare, roads),
  );
} finally {
  await broker?.stop();
  await database.stop();
}

async function measureOn(name: string, amqpUrl: string | undefined): Promise<Figures> {
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`DROP DATABASE IF EXISTS ${name}`);
  await sql.unsafe(`CREATE DATABASE ${name}`);
  const url = new URL(database.url);
  url.pathname = name;
  try {
    return await measureRoad({ databaseUrl: url.href, amqpUrl }, total);
  } finally {
    await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await sql.end();
  }
}

function table(bare: number, roads: Readonly<Record<string, Figures>>): string {
  const names = Object.keys(roads);
  const figures = Object.values(roads);
  const row = (label: string, show: (figure: Figures) => string) => [label, ...figures.map(show)];
  const drawn = new Table({ head: ['what', ...names], style: { head: [], border: [] } });
  drawn.push(
    row(
      'agent: first line / consuming',
      (f) => `${milliseconds(f.first_line_ms)} / ${milliseconds(f.consuming_ms)}`,
    ),
    row(
      'agent at rest / under 100 MB of logs (Pss)',
      (f) => `${megabytes(f.rest_pss_mb)} / ${megabytes(f.loud_pss_mb)}`,
    ),
    row(
      'request → spawn, p50 / p95',
      (f) => `${milliseconds(f.spawn_p50_ms)} / ${milliseconds(f.spawn_p95_ms)}`,
    ),
    row(
      'request → result, p50 / p95',
      (f) => `${milliseconds(f.result_p50_ms)} / ${milliseconds(f.result_p95_ms)}`,
    ),
    row('no-op executions a second', (f) => f.executions_per_second.toFixed(0)),
    row(
      `share of a bare spawn loop (${bare.toFixed(0)}/s)`,
      (f) => `${((100 * f.executions_per_second) / bare).toFixed(0)} %`,
    ),
    row('40 light Python actions', (f) => `${f.python_40_seconds.toFixed(2)} s`),
  );
  return drawn.toString();
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function megabytes(value: number | undefined): string {
  return value === undefined ? 'unknown' : `${value.toFixed(0)} MB`;
}
